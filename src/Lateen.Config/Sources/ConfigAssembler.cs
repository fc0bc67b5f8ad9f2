// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Analysis;
using Lateen.Config.Decoding;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>
/// Makes a snapshot of texts, remembering the last good version of everything: what is refused now stays in force as it
/// was, and what was never good is not in force.
/// </summary>
public sealed class ConfigAssembler
{
    private readonly HashSet<string> _incomplete = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Text, DecodedText Decoded)> _decoded = new(StringComparer.Ordinal);
    private Dictionary<ConfigKey, InForce> _inForce = [];
    private long _revision;

    /// <summary>Takes the whole set of texts, by their names.</summary>
    public ConfigSnapshot Assemble(IReadOnlyDictionary<string, string> texts)
    {
        var problems = new List<Problem>();
        var next = new Dictionary<ConfigKey, InForce>();
        foreach (var (source, text) in InOrder(texts))
            Take(source, Decode(source, text), next, problems);
        foreach (var gone in _decoded.Keys.Where(source => !texts.ContainsKey(source)).ToArray())
            _decoded.Remove(gone);
        // A file that breaks off may have held anything: all it held before stays.
        foreach (var source in _incomplete.Where(texts.ContainsKey))
            KeepRest(source, next);
        Analyse(next, problems);
        _inForce = next;
        return new ConfigSnapshot(++_revision, next.Values.Select(static entry => entry.Resource), problems);
    }

    /// <summary>Files before stores, then by name: of two that define the same, the first one counts.</summary>
    private static IEnumerable<KeyValuePair<string, string>> InOrder(IReadOnlyDictionary<string, string> texts) =>
        texts
            .OrderBy(static pair => pair.Key.StartsWith(StoreTexts.Prefix, StringComparison.Ordinal) ? 1 : 0)
            .ThenBy(static pair => pair.Key, StringComparer.Ordinal);

    private void Take(string source, DecodedText decoded, Dictionary<ConfigKey, InForce> next, List<Problem> problems)
    {
        problems.AddRange(decoded.Problems);
        if (decoded.IsComplete)
            _incomplete.Remove(source);
        else
            _incomplete.Add(source);
        foreach (var resource in decoded.Resources)
        {
            if (!next.TryAdd(resource.Key, new InForce(source, Unchanged(resource))))
                problems.Add(
                    ProblemCatalogue.Duplicate(resource.At, resource.Key.ToString(), next[resource.Key].Resource.At)
                );
        }
        foreach (var key in decoded.Refused)
        {
            if (_inForce.TryGetValue(key, out var lastGood))
                next.TryAdd(key, lastGood with { Source = source });
        }
    }

    private void KeepRest(string source, Dictionary<ConfigKey, InForce> next)
    {
        foreach (var (key, entry) in _inForce)
        {
            if (entry.Source == source)
                next.TryAdd(key, entry);
        }
    }

    /// <summary>
    /// A changed resource whose references do not hold is not taken; one that stands as it did stays, since refusing it
    /// would only break more.
    /// </summary>
    private void Analyse(Dictionary<ConfigKey, InForce> next, List<Problem> problems)
    {
        var candidate = new ConfigSnapshot(_revision, next.Values.Select(static entry => entry.Resource), []);
        foreach (var (key, problem) in ReferenceAnalysis.Run(candidate))
        {
            problems.Add(problem);
            if (problem.Severity != Severity.Error)
                continue;
            if (_inForce.TryGetValue(key, out var lastGood))
                next[key] = lastGood;
            else
                next.Remove(key);
        }
    }

    /// <summary>A text is read again only when it changed.</summary>
    private DecodedText Decode(string source, string text)
    {
        if (_decoded.TryGetValue(source, out var known) && known.Text == text)
            return known.Decoded;
        var decoded = ResourceDecoder.Decode(source, text);
        _decoded[source] = (text, decoded);
        return decoded;
    }

    /// <summary>The object in force when the resource still says the same, so that whoever caches by reference finds it again.</summary>
    private ConfigResource Unchanged(ConfigResource resource) =>
        _inForce.TryGetValue(resource.Key, out var current)
        && current.Resource.At == resource.At
        && current.Resource.Fingerprint == resource.Fingerprint
            ? current.Resource
            : resource;

    private sealed record InForce(string Source, ConfigResource Resource);
}
