// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>What a text held: good resources, refused ones by name, and every problem.</summary>
/// <param name="isReadable">False when the text broke off, so that nobody knows what else it would have said.</param>
public sealed class DecodedText(bool isReadable)
{
    private readonly List<ConfigResource> _resources = [];
    private readonly HashSet<ConfigKey> _refused = [];
    private readonly List<Problem> _problems = [];

    /// <summary>False when some document could not even be named.</summary>
    public bool IsComplete { get; private set; } = isReadable;

    public IReadOnlyList<ConfigResource> Resources => _resources;

    /// <summary>Resources with errors: their last good version stays in force.</summary>
    public IReadOnlyCollection<ConfigKey> Refused => _refused;

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>A text of which nothing is known but what is wrong with it.</summary>
    internal static DecodedText Broken(Problem problem)
    {
        var broken = new DecodedText(isReadable: false);
        broken.Add(problem);
        return broken;
    }

    /// <summary>Whether nobody could tell the two apart by what they say and where.</summary>
    internal bool SaysTheSame(DecodedText other) =>
        IsComplete == other.IsComplete
        && _resources.Count == other._resources.Count
        && _resources.Zip(other._resources).All(static pair => pair.First.SaysTheSame(pair.Second))
        && _refused.SetEquals(other._refused)
        && _problems.SequenceEqual(other._problems);

    internal void Add(Problem problem) => _problems.Add(problem);

    internal void AddUnnamed(Problem problem)
    {
        IsComplete = false;
        _problems.Add(problem);
    }

    internal void Add(ConfigResource resource, DecodeScope scope)
    {
        if (scope.HasErrors)
        {
            Refuse(resource.Key, scope);
            return;
        }
        _resources.Add(resource);
        _problems.AddRange(scope.Problems);
    }

    internal void Refuse(ConfigKey key, DecodeScope scope)
    {
        _refused.Add(key);
        _problems.AddRange(scope.Problems);
    }
}
