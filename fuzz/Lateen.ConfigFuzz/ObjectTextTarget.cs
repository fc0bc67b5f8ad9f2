// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Decoding;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Yaml;
using Lateen.Fuzz;

namespace Lateen.ConfigFuzz;

/// <summary>
/// A text is read as JSON or YAML or refused; what was read is written as YAML that reads as the same; and whatever it is, it is decoded as a
/// resource or refused with problems.
/// </summary>
internal sealed class ObjectTextTarget : IFuzzTarget
{
    public string Name => "object-text";

    public void Run(byte[] input, Random random) =>
        TimeLimit.Hold(() =>
        {
            Check(ObjectText.FromJson(input), random);
            Check(ObjectText.FromYaml(input), random);
            // As files are read: several documents, with places.
            ResourceDecoder.Decode("fuzz", Encoding.UTF8.GetString(input));
        });

    private static void Check(ObjectText text, Random random)
    {
        BrokenException.Unless(text.Problem.Length == 0 || text.Value is null, "what cannot be read has no value");
        if (text.Problem.Length > 0)
            return;
        var written = YamlWriter.Write(text.Value);
        var again = ObjectText.FromYaml(Encoding.UTF8.GetBytes(written));
        // A document that says nothing is none.
        if (text.Value is not null)
            BrokenException.Unless(
                JsonNode.DeepEquals(text.Value, again.Value),
                $"{text.Value.ToJsonString()} was written as\n{written}\nand is {again.Value?.ToJsonString()} {again.Problem}"
            );
        if (text.Value is JsonObject item)
            Decode(item, random);
    }

    private static void Decode(JsonObject item, Random random)
    {
        var depth = JsonDepth.Of(item);
        BrokenException.Unless(depth <= JsonDepth.Max, $"it is {depth} deep");
        foreach (var schema in KindsFor(item, random))
        {
            var one = item.DeepClone().AsObject();
            UnknownFields.Prune(schema, one);
            BrokenException.Unless(UnknownFields.Prune(schema, one).Count == 0, "what was pruned has nothing to prune");
            one["apiVersion"] = schema.ApiVersion(schema.Versions[0]);
            one["kind"] = schema.Name;
            var decoded = ResourceDecoder.Decode("fuzz", one);
            var isUnknown = decoded.Problems.Any(static problem => problem.Code == "LT0105");
            BrokenException.Unless(!isUnknown, "what was pruned has no field that the decoder does not know");
        }
    }

    /// <summary>The one that it says it is, and another.</summary>
    private static IEnumerable<KindSchema> KindsFor(JsonObject item, Random random)
    {
        yield return KindCatalogue.All[random.Next(KindCatalogue.All.Count)];
        if (item.Text("kind") is { } name && item.Text("apiVersion") is { } version)
        {
            var slash = version.IndexOf('/', StringComparison.Ordinal);
            if (KindCatalogue.Find(slash < 0 ? "" : version[..slash], name) is { } schema)
                yield return schema;
        }
    }
}
