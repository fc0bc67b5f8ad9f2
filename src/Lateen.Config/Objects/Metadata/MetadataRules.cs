// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Objects.Metadata;

/// <summary>What an object's metadata must be, whatever its kind (Kubernetes' ObjectMeta).</summary>
public static class MetadataRules
{
    /// <summary>Of all annotations together, names and values, in bytes.</summary>
    public const int MaxAnnotations = 256 * 1024;

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="before">The object as it is; null for a new one.</param>
    public static IReadOnlyList<MetadataFault> Check(KindSchema kind, JsonObject metadata, JsonObject? before)
    {
        var faults = new List<MetadataFault>();
        CheckName(kind, metadata, faults);
        CheckLabels(metadata, faults);
        CheckAnnotations(metadata, faults);
        CheckFinalizers(metadata, before, faults);
        return faults;
    }

    /// <summary>What names of the kind may look like.</summary>
    public static string? NameProblem(KindSchema kind, string name) =>
        kind.Group.Length > 0
            ? NameRules.SubdomainProblem(name)
            : kind.Name switch
            {
                "Namespace" => NameRules.LabelProblem(name),
                "Service" => NameRules.Rfc1035Problem(name),
                _ => NameRules.SubdomainProblem(name),
            };

    private static void CheckName(KindSchema kind, JsonObject metadata, List<MetadataFault> faults)
    {
        var name = Text(metadata, "name");
        if (name.Length == 0)
            faults.Add(new(MetadataFaultKind.Required, "metadata.name", "", "name or generateName is required"));
        else if (NameProblem(kind, name) is { } problem)
            faults.Add(new(MetadataFaultKind.Invalid, "metadata.name", name, problem));
    }

    private static void CheckLabels(JsonObject metadata, List<MetadataFault> faults)
    {
        foreach (var (key, value) in Texts(metadata, "labels", faults))
        {
            if (LabelRules.KeyProblem(key) is { } keyProblem)
                faults.Add(new(MetadataFaultKind.Invalid, "metadata.labels", key, keyProblem));
            if (LabelRules.ValueProblem(value) is { } valueProblem)
                faults.Add(new(MetadataFaultKind.Invalid, "metadata.labels", value, valueProblem));
        }
    }

    private static void CheckAnnotations(JsonObject metadata, List<MetadataFault> faults)
    {
        long size = 0;
        foreach (var (key, value) in Texts(metadata, "annotations", faults))
        {
            // Upper case is allowed in the DNS name before the slash here.
            if (LabelRules.KeyProblem(key.ToLowerInvariant()) is { } problem)
                faults.Add(new(MetadataFaultKind.Invalid, "metadata.annotations", key, problem));
            size += System.Text.Encoding.UTF8.GetByteCount(key) + System.Text.Encoding.UTF8.GetByteCount(value);
        }
        if (size > MaxAnnotations)
            faults.Add(
                new(
                    MetadataFaultKind.Invalid,
                    "metadata.annotations",
                    "",
                    $"must have no more than {MaxAnnotations} bytes"
                )
            );
    }

    /// <summary>Who is going waits for those who asked for it before, and for nobody else.</summary>
    private static void CheckFinalizers(JsonObject metadata, JsonObject? before, List<MetadataFault> faults)
    {
        var known = FinalizersOf(before).ToHashSet(StringComparer.Ordinal);
        foreach (var finalizer in FinalizersOf(metadata))
        {
            if (LabelRules.KeyProblem(finalizer) is { } problem)
                faults.Add(new(MetadataFaultKind.Invalid, "metadata.finalizers", finalizer, problem));
            else if (before?["deletionTimestamp"] is not null && !known.Contains(finalizer))
                faults.Add(
                    new(
                        MetadataFaultKind.Forbidden,
                        "metadata.finalizers",
                        finalizer,
                        "no finalizer can be added while the object is being deleted"
                    )
                );
        }
    }

    /// <summary>Names of those who must be done before the object goes.</summary>
    public static IEnumerable<string> FinalizersOf(JsonObject? metadata) =>
        metadata?["finalizers"] is JsonArray list ? list.Select(static item => item.AsText()).OfType<string>() : [];

    private static IEnumerable<KeyValuePair<string, string>> Texts(
        JsonObject metadata,
        string field,
        List<MetadataFault> faults
    )
    {
        if (metadata[field] is not JsonObject map)
            yield break;
        foreach (var (key, node) in map)
        {
            if (node.AsText() is { } text)
                yield return new(key, text);
            else
                faults.Add(new(MetadataFaultKind.Invalid, $"metadata.{field}", key, "must have a text as its value"));
        }
    }

    private static string Text(JsonObject map, string field) => map.Text(field) ?? "";
}
