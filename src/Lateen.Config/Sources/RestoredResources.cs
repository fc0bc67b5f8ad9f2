// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Decoding;
using Lateen.Core;

namespace Lateen.Config.Sources;

/// <summary>What is in force as an earlier process left it, because its text has errors: it is told for as long as it is so.</summary>
internal sealed class RestoredResources
{
    private readonly Dictionary<ConfigKey, Restored> _all = [];

    /// <summary>Texts of which something is in force that they do not say.</summary>
    public IEnumerable<string> Texts => _all.Values.Select(static one => one.Text).Distinct(StringComparer.Ordinal);

    public void Add(ConfigKey key, Claim inForce, DateTimeOffset since) =>
        _all[key] = new Restored(inForce.Text, inForce.Resource!, since);

    /// <summary>Looks at resources that were decided anew, and forgets those that are in force by a text again, or not at all.</summary>
    /// <param name="texts">Takes the names of those whose problems may be others now.</param>
    public void Update(
        IReadOnlySet<ConfigKey> touched,
        IReadOnlyDictionary<ConfigKey, ResourceEntry> entries,
        HashSet<string> texts
    )
    {
        if (_all.Count == 0)
            return;
        foreach (var (key, restored) in _all.Where(one => touched.Contains(one.Key)).ToList())
        {
            texts.Add(restored.Text);
            var entry = entries[key];
            if (
                entry.Candidate is { } now
                && ReferenceEquals(now.Resource, restored.Resource)
                && !entry.Claims.Any(claim => claim.Text == now.Text && claim.Resource is not null)
            )
                _all[key] = restored with { Text = now.Text };
            else
                _all.Remove(key);
        }
    }

    /// <summary>What there is to tell of a text; null for nothing.</summary>
    public Problem? ProblemOf(string text, DecodedText read)
    {
        var held = _all.Where(one => one.Value.Text == text)
            .OrderBy(static one => one.Key.ToString(), StringComparer.Ordinal)
            .ToList();
        if (held.Count == 0)
            return null;
        var subject = held[0].Key.ToString();
        if (held.Count > 1)
            subject = $"{subject} and {held.Count - 1} more";
        var why = read.Problems.FirstOrDefault(static problem => problem.Severity == Severity.Error);
        return ProblemCatalogue.KeptOverRestart(
            new SourceLocation(text),
            subject,
            held.Min(static one => one.Value.Since)
                .UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            why is null ? "" : why.ToString()
        );
    }

    private sealed record Restored(string Text, ConfigResource Resource, DateTimeOffset Since);
}
