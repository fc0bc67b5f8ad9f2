// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Lateen.Proxy.Formatting;

/// <summary>
/// An access log line as a JSON object (Envoy <c>json_format</c>): fields in order of their names; a field that is one
/// number has no quotes; one whose value is missing is null, or left out where the configuration says so.
/// </summary>
internal static class JsonFormat
{
    /// <summary>Compiles the fields.</summary>
    /// <exception cref="FormatException">A command is unknown or badly written; the message names it.</exception>
    public static SubstitutionFormat Parse(IEnumerable<KeyValuePair<string, string>> fields, bool omitEmpty)
    {
        var parts = new List<FormatPart> { FormatPart.Literal("{") };
        foreach (var (key, format) in fields.OrderBy(static field => field.Key, StringComparer.Ordinal))
        {
            var name = $"\"{JsonEncodedText.Encode(key)}\":";
            parts.Add(new JsonFieldPart(name, SubstitutionFormat.PartsOf(format), omitEmpty));
        }
        parts.Add(FormatPart.Literal("}\n"));
        return new SubstitutionFormat(parts.ToArray());
    }
}
