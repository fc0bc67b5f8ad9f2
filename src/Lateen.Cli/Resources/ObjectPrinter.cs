// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Yaml;

namespace Lateen.Cli.Resources;

/// <summary>Writes objects as kubectl does with <c>-o yaml|json|name|jsonpath=…</c>.</summary>
internal sealed class ObjectPrinter(OutputFormat format, TextWriter output)
{
    public static JsonSerializerOptions Compact { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions s_pretty = new(Compact) { WriteIndented = true, IndentSize = 4 };

    /// <summary>Keeps who owns which field, which few want to read.</summary>
    public bool ShowsOwners { get; init; }

    private bool _isFirst = true;

    /// <summary>One object.</summary>
    public void Write(ResourceReference reference, JsonObject item)
    {
        if (format.Name == OutputFormat.ObjectName)
            output.WriteLine($"{reference.KindName}/{NameOf(item)}");
        else
            WriteValue(ShowsOwners ? item : WithoutOwners(item));
    }

    /// <summary>Several, as one list.</summary>
    public void WriteList(IReadOnlyList<(ResourceReference Reference, JsonObject Item)> found)
    {
        if (format.Name == OutputFormat.ObjectName)
        {
            foreach (var (reference, item) in found)
                Write(reference, item);
            return;
        }
        WriteValue(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["items"] = new JsonArray([
                    .. found.Select(one => (ShowsOwners ? one.Item : WithoutOwners(one.Item)).DeepClone()),
                ]),
                ["kind"] = "List",
                ["metadata"] = new JsonObject { ["resourceVersion"] = "" },
            }
        );
    }

    public static string Yaml(JsonObject item) => YamlWriter.Write(item);

    /// <summary>A copy without <c>managedFields</c>.</summary>
    public static JsonObject WithoutOwners(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        (copy.Member("metadata") as JsonObject)?.Remove("managedFields");
        return copy;
    }

    /// <summary>A copy of what its writers say: without owners, version and status.</summary>
    public static JsonObject WithoutState(JsonObject item)
    {
        var copy = WithoutOwners(item);
        (copy.Member("metadata") as JsonObject)?.Remove("resourceVersion");
        copy.Remove("status");
        return copy;
    }

    public static string NameOf(JsonNode? item) => item.Member("metadata").Text("name") ?? "";

    private void WriteValue(JsonObject value)
    {
        switch (format.Name)
        {
            case OutputFormat.Yaml:
                // Documents that follow each other, as in a watch, stay apart.
                if (!_isFirst)
                    output.WriteLine("---");
                output.Write(Yaml(value));
                break;
            case OutputFormat.Json:
                output.WriteLine(value.ToJsonString(s_pretty));
                break;
            default:
                output.Write(format.Template!.Write(value));
                break;
        }
        _isFirst = false;
    }
}
