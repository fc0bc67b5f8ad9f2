// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>
/// Istio's MeshConfig among the configuration: a file of its own, or the key <c>mesh</c> of the ConfigMap <c>istio</c>. Either is a text like any other,
/// so that what is wrong is told and the last good version stays.
/// </summary>
public static class MeshSettings
{
    /// <summary>Namespace of the ConfigMap, whatever the settings themselves say of the root namespace.</summary>
    public const string Namespace = "istio-system";

    private const string ConfigMapName = "istio";
    private const string Key = "mesh";
    private const string Subject = "MeshConfig";

    /// <summary>Fields that traffic goes by, as paths.</summary>
    private static readonly HashSet<string> s_inForce = new(StringComparer.Ordinal)
    {
        "accessLogFile",
        "accessLogFormat",
        "connectTimeout",
        "defaultConfig.connectionSettings",
        MeshExports.DestinationRuleField,
        MeshExports.ServiceField,
        MeshExports.VirtualServiceField,
        "outboundTrafficPolicy",
        "pathNormalization",
        "rootNamespace",
        "trustDomain",
    };

    /// <summary>The settings as a resource that no user can write: it is of the file alone.</summary>
    private static readonly ConfigKey s_file = new("", Subject, "", "file");

    /// <summary>The document, with all that keeps it from being in force, and warnings of what traffic does not go by.</summary>
    /// <param name="source">Name of the document, for problems.</param>
    public static DecodedDocument<MeshConfiguration> Decode(string source, string text)
    {
        var decoded = MeshDecoder.Mesh(source, text, s_inForce);
        if (decoded.Content is not { } content)
            return decoded;
        var refused = Refusals(content)
            .Select(wrong =>
                ProblemCatalogue.BadValue(new SourceLocation(source), Subject, wrong.Field, wrong.What, wrong.Fix)
            )
            .ToList();
        return refused.Count == 0
            ? decoded
            : new DecodedDocument<MeshConfiguration>(null, [.. decoded.Problems, .. refused]);
    }

    /// <summary>A file of nothing but the settings, as a text of configuration.</summary>
    public static DecodedText DecodeFile(string source, string text)
    {
        var (content, problems) = Decode(source, text);
        var result = new DecodedText(isReadable: true);
        var scope = new DecodeScope(Subject);
        foreach (var problem in problems)
            scope.Add(problem);
        if (content is null)
            result.Refuse(s_file, scope);
        else
            result.Add(
                new ConfigResource<MeshConfiguration>(
                    s_file,
                    ResourceMetadata.Empty,
                    new SourceLocation(source),
                    content
                )
                {
                    Fingerprint = text.Length == 0 ? " " : text,
                },
                scope
            );
        return result;
    }

    /// <summary>The resource that has the settings of a configuration: the file, else the ConfigMap. Null for none.</summary>
    public static ConfigResource? In(ConfigSnapshot config) =>
        (ConfigResource?)config.Of<MeshConfiguration>().FirstOrDefault()
        ?? config.Of<ConfigMap>().FirstOrDefault(static map => TextIn(map.Key, map.Spec) is not null);

    /// <summary>What such a resource says.</summary>
    public static MeshConfiguration Of(ConfigResource resource) =>
        resource switch
        {
            ConfigResource<MeshConfiguration> file => file.Spec,
            ConfigResource<ConfigMap> map when TextIn(map.Key, map.Spec) is { } text => Decode(
                map.At.Source,
                text
            ).Content
                ?? throw new UnreachableException($"{map.Key} is in force with settings that have errors"),
            _ => throw new UnreachableException($"{resource.Key} has no settings of the mesh"),
        };

    /// <summary>Whether a resource is the ConfigMap that may have the settings.</summary>
    internal static bool MayBeIn(ConfigKey key) =>
        key is { Group: "", Kind: nameof(ConfigMap), Namespace: Namespace, Name: ConfigMapName };

    /// <summary>The text of the settings in a ConfigMap; null when it is another one, or has none.</summary>
    internal static string? TextIn(ConfigKey key, ConfigMap map) =>
        MayBeIn(key) ? map.Data.GetValueOrDefault(Key) : null;

    private static IEnumerable<(string Field, string What, string Fix)> Refusals(MeshConfiguration content)
    {
        if (content.OutboundTrafficPolicy?.Mode == MeshOutboundMode.AllowAnyDynamicDns)
            yield return (
                "outboundTrafficPolicy.mode",
                "ALLOW_ANY_DYNAMIC_DNS is not in force yet",
                "write ALLOW_ANY or REGISTRY_ONLY"
            );
        foreach (var (field, words) in MeshExports.NoDefaults(content))
            yield return (
                field,
                $"[{string.Join(", ", words)}] is no default; namespaces by name are a matter of each resource",
                "write [\"*\"] for all namespaces or [\".\"] for the resource's own"
            );
    }
}
