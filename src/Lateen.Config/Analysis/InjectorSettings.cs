// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Analysis;

/// <summary>What an installation of Istio says of injection, in the ConfigMap <c>istio-sidecar-injector</c> of a revision, under <c>values</c>.</summary>
/// <param name="IsByDefault">Namespaces that say nothing are injected.</param>
/// <param name="Image">Of the proxies; empty where nothing is said.</param>
internal sealed record InjectorSettings(bool IsByDefault, string Image)
{
    /// <summary>Of the ConfigMap, and of what else belongs to injection.</summary>
    public const string Name = "istio-sidecar-injector";

    /// <summary>Those of each revision that is known, by the name of its ConfigMap.</summary>
    public static Dictionary<string, InjectorSettings> Of(ConfigSnapshot config)
    {
        var known = new Dictionary<string, InjectorSettings>(StringComparer.Ordinal);
        foreach (
            var map in config.Of<ConfigMap>().Where(static map => map.Name.StartsWith(Name, StringComparison.Ordinal))
        )
        {
            if (map.Spec.Data.TryGetValue("values", out var values) && Parse(values) is { } settings)
                known.TryAdd(map.Name, settings);
        }
        return known;
    }

    /// <summary>The ConfigMap of a revision.</summary>
    public static string NameOf(string? revision) => revision is null or "" or "default" ? Name : $"{Name}-{revision}";

    private static InjectorSettings? Parse(string values)
    {
        JsonObject? all;
        try
        {
            all = JsonNode.Parse(values) as JsonObject;
        }
        catch (JsonException)
        {
            // The installation's own business: nothing can be said of its namespaces then.
            return null;
        }
        var global = all?["global"] as JsonObject;
        return new InjectorSettings(
            (all?["sidecarInjectorWebhook"] as JsonObject)?["enableNamespacesByDefault"]?.GetValueKind()
                == JsonValueKind.True,
            ImageOf(Text((global?["proxy"] as JsonObject)?["image"]), Text(global?["hub"]), Text(global?["tag"]))
        );
    }

    /// <summary>A name with a slash is whole.</summary>
    private static string ImageOf(string name, string hub, string tag) =>
        name.Length == 0 || name.Contains('/') ? name : $"{hub}/{name}:{tag}";

    private static string Text(JsonNode? node) =>
        node?.GetValueKind() is JsonValueKind.String or JsonValueKind.Number ? node.ToString() : "";
}
