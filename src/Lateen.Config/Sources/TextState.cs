// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>A text as it was read, and which of its definitions do not count because another one does.</summary>
internal sealed class TextState(DecodedText read)
{
    private Dictionary<ConfigResource, Problem>? _duplicates;
    private HashSet<ConfigKey>? _held;

    public DecodedText Read => read;

    /// <summary>Everything that it has a say in.</summary>
    public IEnumerable<ConfigKey> Keys() =>
        read.Resources.Select(static resource => resource.Key).Concat(read.Refused).Concat(_held ?? []);

    /// <summary>A resource of it is in force that it does not have any more: it broke off, or what came after is refused.</summary>
    public void Hold(ConfigKey key) => (_held ??= []).Add(key);

    /// <summary>All that is wrong with it, in the order in which it stands there.</summary>
    public IReadOnlyList<Problem> Problems() =>
        _duplicates is not { Count: > 0 } duplicates
            ? read.Problems
            :
            [
                .. read.Problems,
                .. read.Resources.Where(duplicates.ContainsKey).Select(resource => duplicates[resource]),
            ];

    /// <param name="first">Where the definition is that counts; null when it is this one.</param>
    /// <returns>Whether that is news.</returns>
    public bool TellDuplicate(ConfigResource resource, SourceLocation? first)
    {
        if (first is not { } place)
            return _duplicates?.Remove(resource) == true;
        var problem = ProblemCatalogue.Duplicate(resource.At, resource.Key.ToString(), place);
        _duplicates ??= new Dictionary<ConfigResource, Problem>(ReferenceEqualityComparer.Instance);
        if (_duplicates.TryGetValue(resource, out var told) && told == problem)
            return false;
        _duplicates[resource] = problem;
        return true;
    }
}
