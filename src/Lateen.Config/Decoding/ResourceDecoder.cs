// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Kinds;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Decoding;

/// <summary>YAML documents → resources. Kinds of foreign API groups are skipped with a warning.</summary>
public static class ResourceDecoder
{
    private const string Networking = "networking.istio.io";

    private static readonly Dictionary<(string Group, string Kind), Func<FieldReader, object>> s_kinds = new()
    {
        [("", nameof(Service))] = ServiceDecoder.Read,
        [(Networking, nameof(VirtualService))] = VirtualServiceDecoder.Read,
        [(Networking, nameof(DestinationRule))] = DestinationRuleDecoder.Read,
        [(Networking, nameof(Gateway))] = GatewayDecoder.Read,
        [(Networking, nameof(ServiceEntry))] = ServiceEntryDecoder.Read,
        [(Networking, nameof(WorkloadEntry))] = WorkloadEntryDecoder.Read,
        [("lateen.io", nameof(Workload))] = WorkloadDecoder.Read,
    };

    /// <summary>Istio kinds that are known and come later.</summary>
    private static readonly HashSet<string> s_later = new(StringComparer.Ordinal)
    {
        "Sidecar",
        "WorkloadGroup",
        "EnvoyFilter",
        "ProxyConfig",
        "PeerAuthentication",
        "RequestAuthentication",
        "AuthorizationPolicy",
        "Telemetry",
        "WasmPlugin",
        "TrafficExtension",
    };

    /// <summary>Reads every document of a text.</summary>
    /// <param name="source">File or store that messages name.</param>
    public static DecodedText Decode(string source, string text)
    {
        var documents = YamlReader.Read(source, text, out var broken);
        var result = new DecodedText(broken is null);
        if (broken is not null)
            result.Add(broken);
        foreach (var document in documents)
            Decode(document, result);
        return result;
    }

    private static void Decode(YamlNode document, DecodedText result)
    {
        if (document is not YamlMapping map)
        {
            result.AddUnnamed(ProblemCatalogue.NotAResource(document.At, "the document is no mapping"));
            return;
        }
        var apiVersion = (map.Find("apiVersion") as YamlScalar)?.Value ?? "";
        var kind = (map.Find("kind") as YamlScalar)?.Value ?? "";
        if (apiVersion.Length == 0 || kind.Length == 0)
        {
            result.AddUnnamed(ProblemCatalogue.NotAResource(map.At, "the document has no apiVersion or no kind"));
            return;
        }
        if (kind == "List" && map.Find("items") is YamlSequence items)
        {
            foreach (var item in items.Items)
                Decode(item, result);
            return;
        }
        DecodeKind(map, apiVersion, kind, result);
    }

    private static void DecodeKind(YamlMapping map, string apiVersion, string kind, DecodedText result)
    {
        var metadata = map.Find("metadata") as YamlMapping;
        var name = (metadata?.Find("name") as YamlScalar)?.Value ?? "";
        var ns = (metadata?.Find("namespace") as YamlScalar)?.Value ?? "default";
        var key = new ConfigKey(kind, ns, name);
        var slash = apiVersion.IndexOf('/');
        var group = slash < 0 ? "" : apiVersion[..slash];
        if (!s_kinds.TryGetValue((group, kind), out var read))
        {
            result.Add(UnknownKind(map.At, key, group, apiVersion));
            return;
        }
        if (name.Length == 0)
        {
            result.AddUnnamed(ProblemCatalogue.NotAResource(map.At, $"the {kind} has no metadata.name"));
            return;
        }
        var scope = new DecodeScope(key.ToString());
        var envelope = new FieldReader(map, "", scope);
        envelope.Text("apiVersion");
        envelope.Text("kind");
        var meta = envelope.Object("metadata", Metadata) ?? ResourceMetadata.Empty;
        // A status is the control plane's own note.
        envelope.Entries("status");
        if (!envelope.Has("spec"))
            envelope.Missing("spec");
        var spec = envelope.Object("spec", read);
        envelope.End();
        if (spec is null)
            result.Refuse(key, scope);
        else
            result.Add(Resource(key, meta, map.At, spec) with { Fingerprint = YamlFingerprint.Of(map) }, scope);
    }

    private static Problem UnknownKind(SourceLocation at, ConfigKey key, string group, string apiVersion)
    {
        if (!group.EndsWith("istio.io", StringComparison.Ordinal) && group != "lateen.io")
            return ProblemCatalogue.ForeignKind(at, key.ToString(), apiVersion);
        return s_later.Contains(key.Kind)
            ? ProblemCatalogue.KindNotInForce(at, key.ToString())
            : ProblemCatalogue.UnknownKind(at, key.ToString(), apiVersion);
    }

    private static ConfigResource Resource(ConfigKey key, ResourceMetadata meta, SourceLocation at, object spec) =>
        spec switch
        {
            Service service => new ConfigResource<Service>(key, meta, at, service),
            VirtualService routes => new ConfigResource<VirtualService>(key, meta, at, routes),
            DestinationRule rule => new ConfigResource<DestinationRule>(key, meta, at, rule),
            Gateway gateway => new ConfigResource<Gateway>(key, meta, at, gateway),
            ServiceEntry entry => new ConfigResource<ServiceEntry>(key, meta, at, entry),
            WorkloadEntry entry => new ConfigResource<WorkloadEntry>(key, meta, at, entry),
            Workload workload => new ConfigResource<Workload>(key, meta, at, workload),
            _ => throw new ArgumentException($"{spec.GetType()} is no kind of resource", nameof(spec)),
        };

    /// <summary>ObjectMeta; fields that only Kubernetes uses are passed over.</summary>
    private static ResourceMetadata Metadata(FieldReader fields)
    {
        foreach (var ignored in (string[])["name", "namespace", "uid", "resourceVersion", "generation", "generateName"])
            fields.Text(ignored);
        foreach (var ignored in (string[])["managedFields", "ownerReferences", "finalizers", "selfLink"])
            fields.Has(ignored);
        var created = fields.Text("creationTimestamp");
        return new ResourceMetadata
        {
            Labels = fields.Map("labels"),
            Annotations = fields.Map("annotations"),
            CreationTimestamp = DateTimeOffset.TryParse(
                created,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
                ? time
                : null,
        };
    }
}
