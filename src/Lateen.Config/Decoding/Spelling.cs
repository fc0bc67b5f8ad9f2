// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Decoding;

/// <summary>Guesses what a misspelt name was meant to be.</summary>
public static class Spelling
{
    /// <summary>Longer ones are no slip of the finger, and would take long to compare.</summary>
    private const int MaxLength = 100;

    /// <summary>The closest of the known names, if it is close at all.</summary>
    /// <param name="most">Letters that may differ, at the most: by default a third of them.</param>
    public static string? Closest(string name, IEnumerable<string> known, int most = MaxLength)
    {
        if (name.Length > MaxLength)
            return null;
        string? best = null;
        var least = Math.Min(most, Math.Max(1, name.Length / 3)) + 1;
        foreach (var candidate in known.Order(StringComparer.Ordinal))
        {
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < least)
                (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Levenshtein distance, two rows at a time.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
