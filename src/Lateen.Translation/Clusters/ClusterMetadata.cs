// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Config;
using Lateen.Mesh;
using Api = Envoy.Config.Core.V3;

namespace Lateen.Translation.Clusters;

/// <summary>What Istio writes under <c>filter_metadata.istio</c>: who a cluster is, for metrics and for people.</summary>
internal static class ClusterMetadata
{
    public static Api.Metadata Of(MeshService service, string subset, int? port, IReadOnlyList<ConfigKey> rules)
    {
        var istio = new Struct();
        if (rules.Count > 0)
            istio.Fields["config"] = Value.ForString(PathOf(rules[0], "destination-rule"));
        if (port is { } number)
            istio.Fields["default_original_port"] = Value.ForNumber(number);
        if (service.IsExternal)
            istio.Fields["external"] = Value.ForBool(true);
        istio.Fields["services"] = Value.ForList(
            Value.ForStruct(
                Packing.Texts(("host", service.Host), ("name", service.Name), ("namespace", service.Namespace))
            )
        );
        if (subset.Length > 0)
            istio.Fields["subset"] = Value.ForString(subset);
        return new Api.Metadata { FilterMetadata = { ["istio"] = istio } };
    }

    /// <summary>The resource as a path of Kubernetes' API.</summary>
    public static string PathOf(ConfigKey key, string kind) =>
        $"/apis/networking.istio.io/v1/namespaces/{key.Namespace}/{kind}/{key.Name}";
}
