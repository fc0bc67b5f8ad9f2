// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Tables;

/// <summary>
/// The part of JSONPath that printer columns use: <c>.spec.hosts</c>, <c>.status.addresses[*].value</c>,
/// <c>.status.conditions[?(@.type=="Ready")].status</c>.
/// </summary>
public sealed class FieldExpression
{
    private readonly IReadOnlyList<Step> _steps;

    private FieldExpression(IReadOnlyList<Step> steps) => _steps = steps;

    /// <exception cref="FormatException">It is none; expressions come from our own tables.</exception>
    public static FieldExpression Parse(string text)
    {
        var steps = new List<Step>();
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '.')
            {
                var end = text.AsSpan(at + 1).IndexOfAny('.', '[') is var next and >= 0 ? at + 1 + next : text.Length;
                steps.Add(new Step(text[(at + 1)..end], null, null));
                at = end;
            }
            else
            {
                var end = text.IndexOf(']', at);
                steps.Add(
                    end < 0 ? throw new FormatException($"{text} lacks a bracket") : Bracket(text[(at + 1)..end])
                );
                at = end + 1;
            }
        }
        return new FieldExpression(steps);
    }

    /// <summary>The first value it finds; null where there is none.</summary>
    public JsonNode? First(JsonObject of) => All(of, 0).FirstOrDefault();

    private static Step Bracket(string inside)
    {
        if (inside == "*")
            return new Step(null, null, null);
        // ?(@.type=="Ready")
        var parts = inside.Split("==");
        return parts.Length == 2 && parts[0].StartsWith("?(@.", StringComparison.Ordinal)
            ? new Step(null, parts[0]["?(@.".Length..], parts[1].TrimEnd(')').Trim('"'))
            : throw new FormatException($"[{inside}] is neither [*] nor a condition");
    }

    private IEnumerable<JsonNode> All(JsonNode? node, int step)
    {
        if (node is null)
            return [];
        if (step == _steps.Count)
            return [node];
        var next = _steps[step];
        return (node, next.Field) switch
        {
            (JsonObject map, { } field) => All(map[field], step + 1),
            (JsonArray list, null) => list.Where(next.Admits).SelectMany(item => All(item, step + 1)),
            _ => [],
        };
    }

    /// <param name="Field">A member; null for items of a list.</param>
    /// <param name="Key">What items must have; null for all of them.</param>
    private sealed record Step(string? Field, string? Key, string? Wanted)
    {
        public bool Admits(JsonNode? item) => Key is null || item.Text(Key) == Wanted;
    }
}
