// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>
/// Finds the fields that problems name in the texts that they are of. Analysis and references know only where a resource begins: positions of all
/// fields of all resources would cost more than reading those few texts again of which there is something to tell.
/// </summary>
public static class FieldPlaces
{
    /// <summary>Problems of files, each at its field, or at the closest thing around it that is written.</summary>
    /// <returns>As many, in the same order; what is in no file, or was changed since, stays as it was.</returns>
    public static IReadOnlyList<Problem> InFiles(IReadOnlyList<Problem> problems) => Find(problems, ReadFile);

    /// <inheritdoc cref="InFiles"/>
    /// <param name="textOf">The text of a source; null when there is none.</param>
    public static IReadOnlyList<Problem> Find(IReadOnlyList<Problem> problems, Func<string, string?> textOf)
    {
        var starts = new Dictionary<string, Dictionary<SourceLocation, YamlNode>>(StringComparer.Ordinal);
        return [.. problems.Select(problem => problem with { Where = PlaceOf(problem) })];

        SourceLocation PlaceOf(Problem problem)
        {
            if (problem.Where.Line == 0 || problem.Field.Length == 0)
                return problem.Where;
            var source = problem.Where.Source;
            if (!starts.TryGetValue(source, out var resources))
                starts[source] = resources = textOf(source) is { } text ? StartsOf(source, text) : [];
            // Whatever is not at a resource's beginning is at its field already.
            return resources.TryGetValue(problem.Where, out var resource)
                ? Closest(resource, problem.Field).At
                : problem.Where;
        }
    }

    private static Dictionary<SourceLocation, YamlNode> StartsOf(string source, string text)
    {
        var starts = new Dictionary<SourceLocation, YamlNode>();
        foreach (var document in YamlReader.Read(source, text, out _))
            Add(document, starts);
        return starts;
    }

    /// <summary>A document, and the items of what may be a list of resources.</summary>
    private static void Add(YamlNode document, Dictionary<SourceLocation, YamlNode> starts)
    {
        starts.TryAdd(document.At, document);
        if (document is not YamlMapping map || map.Find("items") is not YamlSequence items)
            return;
        foreach (var item in items.Items)
            Add(item, starts);
    }

    /// <summary>
    /// Follows a path as far as it goes. The text is compared with the keys that are there, the longest first, since keys of maps may have dots
    /// themselves: <c>metadata.annotations.sidecar.istio.io/inject</c>.
    /// </summary>
    private static YamlNode Closest(YamlNode around, ReadOnlySpan<char> path)
    {
        while (path.Length > 0)
        {
            var (inside, rest) = around switch
            {
                YamlMapping map => Entry(map, path),
                YamlSequence list => Item(list, path),
                _ => default,
            };
            if (inside is null)
                break;
            around = inside;
            path = path[rest..];
            path = path is ['.', ..] ? path[1..] : path;
        }
        return around;
    }

    /// <returns>The value, and how much of the path leads to it.</returns>
    private static (YamlNode? Value, int Length) Entry(YamlMapping map, ReadOnlySpan<char> path)
    {
        (YamlNode? Value, int Length) found = default;
        foreach (var (key, value) in map.Entries)
        {
            var name = key.Value;
            if (name.Length > found.Length && path.StartsWith(name) && path[name.Length..] is [] or ['.' or '[', ..])
                found = (value, name.Length);
        }
        return found;
    }

    private static (YamlNode? Value, int Length) Item(YamlSequence list, ReadOnlySpan<char> path)
    {
        var end = path.IndexOf(']');
        return
            path is ['[', ..]
            && end > 1
            && int.TryParse(path[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < list.Items.Count
            ? (list.Items[index], end + 1)
            : default;
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It was read a moment ago: the problem is told of the resource's beginning then.
            return null;
        }
    }
}
