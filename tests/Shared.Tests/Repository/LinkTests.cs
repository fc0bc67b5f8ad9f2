// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Shared.Tests.Repository;

/// <summary>Links between the documents, and from them into the tree.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_relative_link_leads_somewhere()
    {
        var documents = Checkout.Files("", "*.md").ToArray();
        Assert.Contains("README.md", documents);
        Assert.Empty(documents.SelectMany(BrokenLinks).ToArray());
    }

    private static IEnumerable<string> BrokenLinks(string document)
    {
        var text = FencedBlock().Replace(Checkout.Read(document), "");
        foreach (Match match in Link().Matches(text))
        {
            var target = match.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal))
                continue;
            var hash = target.IndexOf('#', StringComparison.Ordinal);
            var path = hash < 0 ? target : target[..hash];
            var file = path.Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, path);
            var full = Path.GetFullPath(Path.Combine(Checkout.Root, file));
            if (!full.StartsWith(Checkout.Root, StringComparison.Ordinal) || !Path.Exists(full))
                yield return $"{document}: there is no {target}";
            else if (
                hash >= 0
                && full.EndsWith(".md", StringComparison.Ordinal)
                && !Anchors(full).Contains(target[(hash + 1)..])
            )
                yield return $"{document}: {target} names a heading that is not there";
        }
    }

    /// <summary>What a heading is called in links: lower case, hyphens for spaces, no punctuation.</summary>
    private static HashSet<string> Anchors(string file) =>
        FencedBlock()
            .Replace(File.ReadAllText(file), "")
            .Split('\n')
            .Where(static line => line.StartsWith('#'))
            .Select(static line => line.TrimStart('#').Trim().ToLowerInvariant())
            .Select(static heading =>
                string.Concat(heading.Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
                    .Replace(' ', '-')
            )
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("""(\]\(|(src|srcset|href)=")(?<target>[^)"\s]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline, 1000)]
    private static partial Regex FencedBlock();
}
