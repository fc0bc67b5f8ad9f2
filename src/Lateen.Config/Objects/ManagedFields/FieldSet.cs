// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.ManagedFields;

/// <summary>
/// A set of paths into an object. Elements are those of Kubernetes' FieldsV1: <c>f:name</c> for a field, <c>k:{"name":"a"}</c> and
/// <c>v:"a"</c> for items of lists. Never changed once it is built.
/// </summary>
public sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _below = new(StringComparer.Ordinal);
    private bool _isMember;

    public static FieldSet Empty { get; } = new();

    public bool IsEmpty => !_isMember && _below.Count == 0;

    /// <summary>Whether the path that leads here is in the set itself.</summary>
    internal bool IsMember => _isMember;

    internal IEnumerable<KeyValuePair<string, FieldSet>> Below => _below;

    /// <summary>The set with the paths.</summary>
    public static FieldSet Of(IEnumerable<IEnumerable<string>> paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
            set.Insert(path);
        return set;
    }

    /// <summary>What is below an element; empty where nothing is.</summary>
    public FieldSet At(string element) => _below.GetValueOrDefault(element, Empty);

    public bool Contains(params IEnumerable<string> path)
    {
        var at = this;
        foreach (var element in path)
            at = at.At(element);
        return at._isMember;
    }

    /// <summary>In order.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public FieldSet Union(FieldSet other) => Combine(this, other, static (a, b) => a || b);

    /// <summary>What is in this set and not in the other one. A path says nothing of those below it.</summary>
    public FieldSet Except(FieldSet other) => Combine(this, other, static (a, b) => a && !b);

    public FieldSet Intersect(FieldSet other) => Combine(this, other, static (a, b) => a && b);

    public bool SetEquals(FieldSet other)
    {
        if (_isMember != other._isMember || _below.Count != other._below.Count)
            return false;
        foreach (var (element, below) in _below)
        {
            if (!other._below.TryGetValue(element, out var same) || !below.SetEquals(same))
                return false;
        }
        return true;
    }

    /// <summary>While it is being built.</summary>
    internal void Insert(IEnumerable<string> path)
    {
        var at = this;
        foreach (var element in path)
        {
            if (!at._below.TryGetValue(element, out var below))
                at._below[element] = below = new FieldSet();
            at = below;
        }
        at._isMember = true;
    }

    /// <summary>While it is being built.</summary>
    internal void Add(string element, FieldSet below)
    {
        if (!below.IsEmpty)
            _below[element] = below;
    }

    /// <summary>While it is being built.</summary>
    internal void SetMember() => _isMember = true;

    private static FieldSet Combine(FieldSet a, FieldSet b, Func<bool, bool, bool> holds)
    {
        var result = new FieldSet { _isMember = holds(a._isMember, b._isMember) };
        foreach (var (element, below) in a._below)
            result.Add(element, Combine(below, b.At(element), holds));
        foreach (var (element, below) in b._below)
        {
            if (!a._below.ContainsKey(element))
                result.Add(element, Combine(Empty, below, holds));
        }
        return result;
    }

    private IEnumerable<IReadOnlyList<string>> Paths(List<string> above)
    {
        if (_isMember)
            yield return above.ToArray();
        foreach (var (element, below) in _below)
        {
            above.Add(element);
            foreach (var path in below.Paths(above))
                yield return path;
            above.RemoveAt(above.Count - 1);
        }
    }
}
