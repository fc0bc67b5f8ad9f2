// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// A choice of endpoints by metadata, as <c>stage=prod;version=v2</c>, in the order of its keys. Compared by its text; made when
/// a route is decoded, never per request.
/// </summary>
public sealed class SubsetKey : IEquatable<SubsetKey>
{
    private readonly string _text;

    public SubsetKey(IEnumerable<KeyValuePair<string, string>> criteria)
    {
        Criteria = criteria.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToArray();
        // Neither character can stand in a JSON text unescaped, which is what values are.
        _text = string.Join('\u0001', Criteria.Select(static pair => $"{pair.Key}\u0002{pair.Value}"));
    }

    /// <summary>Keys with their values as JSON, sorted by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Criteria { get; }

    public bool Equals(SubsetKey? other) => other is not null && _text == other._text;

    public override bool Equals(object? obj) => Equals(obj as SubsetKey);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => string.Join(';', Criteria.Select(static pair => $"{pair.Key}={pair.Value}"));
}
