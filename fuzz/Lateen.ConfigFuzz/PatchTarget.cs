// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.ManagedFields;
using Lateen.Config.Objects.Patches;
using Lateen.Config.Objects.Shapes;
using Lateen.Config.Schemas;
using Lateen.Fuzz;

namespace Lateen.ConfigFuzz;

/// <summary>A document and a patch, a line each: applied or refused, and what is given stays as it was.</summary>
internal sealed class PatchTarget : IFuzzTarget
{
    private static readonly ObjectShape s_shape = KindShapes.Of(KindCatalogue.Find("", "Service")!);

    public string Name => "patch";

    public void Run(byte[] input, Random random)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        if (end < 0)
            return;
        var document = ObjectText.FromJson(input.AsSpan(0, end)).Value;
        var patch = ObjectText.FromJson(input.AsSpan(end + 1)).Value;
        TimeLimit.Hold(() => Run(document, patch));
    }

    private static void Run(JsonNode? document, JsonNode? patch)
    {
        var (first, second) = (document?.DeepClone(), patch?.DeepClone());
        if (JsonPatch.Read(patch, out _) is { } operations)
            Readable(operations.Apply(document, out _));
        var merged = MergePatch.Apply(document, patch);
        Readable(merged);
        BrokenException.Unless(
            JsonNode.DeepEquals(merged, MergePatch.Apply(merged, patch)),
            "a merge patch applied twice is applied once"
        );
        if (document is JsonObject live && patch is JsonObject changes)
            Apply(live, changes);
        BrokenException.Unless(JsonNode.DeepEquals(first, document), "the document stays as it was");
        BrokenException.Unless(JsonNode.DeepEquals(second, patch), "the patch stays as it was");
    }

    private static void Apply(JsonObject live, JsonObject changes)
    {
        Readable(StrategicMergePatch.Apply(live, changes, s_shape, out _));
        var who = new FieldManager("fuzz", IsApplier: true, "v1", "");
        var outcome = FieldOwnership.Apply([], live, changes, who, s_shape, isForced: false, DateTimeOffset.UnixEpoch);
        Readable(outcome.Object);
        var again = FieldOwnership.Apply(
            outcome.Records,
            outcome.Object,
            changes,
            who,
            s_shape,
            isForced: false,
            DateTimeOffset.UnixEpoch
        );
        BrokenException.Unless(JsonNode.DeepEquals(outcome.Object, again.Object), "applying twice is applying once");
        var records = ManagedFieldsJson.Write(outcome.Records);
        BrokenException.Unless(
            JsonNode.DeepEquals(records, ManagedFieldsJson.Write(ManagedFieldsJson.Read(records)!)),
            $"records are read as they are written: {records.ToJsonString()}"
        );
        foreach (var path in outcome.Records.SelectMany(static record => record.Fields.Paths()))
            PathText.Of(path);
        // Records that somebody made up.
        ManagedFieldsJson.Read(new JsonArray(changes.DeepClone()));
        FieldsV1.Read(changes);
    }

    /// <summary>Whatever comes of it can be stored, and read again.</summary>
    private static void Readable(JsonNode? result)
    {
        var text = Encoding.UTF8.GetBytes(result?.ToJsonString() ?? "null");
        var again = ObjectText.FromJson(text);
        BrokenException.Unless(again.Problem.Length == 0, again.Problem);
        BrokenException.Unless(JsonNode.DeepEquals(result, again.Value), "it reads as it was written");
    }
}
