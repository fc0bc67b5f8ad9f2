// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Yaml;

namespace Lateen.Config.Objects;

/// <summary>A text that somebody sent, as a value.</summary>
/// <param name="Duplicates">Fields that were there twice; the last one counts, as Kubernetes has it.</param>
/// <param name="Problem">Why it cannot be read; empty when it can.</param>
public sealed record ObjectText(JsonNode? Value, IReadOnlyList<string> Duplicates, string Problem)
{
    /// <summary>Values of one text. A short one may refer to itself over and over (YAML's aliases).</summary>
    private const int MaxYamlValues = 300_000;

    public static ObjectText FromJson(ReadOnlySpan<byte> utf8) => JsonTextReader.Read(utf8);

    /// <summary>One document.</summary>
    public static ObjectText FromYaml(ReadOnlySpan<byte> utf8)
    {
        string text;
        try
        {
            text = s_strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return Unreadable("it is no UTF-8");
        }
        var documents = YamlReader.Read("", text, out var broken);
        if (broken is not null)
            return Unreadable($"{broken.Message} (line {broken.Where.Line}, column {broken.Where.Column})");
        if (documents.Count != 1)
            return Unreadable($"it has {documents.Count} documents, and must have one");
        var left = MaxYamlValues;
        return YamlJson.TryToJson(documents[0], ref left, out var value)
            ? new ObjectText(value, [], "")
            : Unreadable($"it has more than {MaxYamlValues} values, or a number that is none");
    }

    internal static ObjectText Unreadable(string why) => new(null, [], why);

    private static readonly UTF8Encoding s_strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );
}
