// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Agent.Discovery;

/// <summary>Identity → xDS node.</summary>
internal static class NodeBuilder
{
    public static Node Build(ProxyIdentity identity)
    {
        var metadata = new Struct();
        void Add(string key, string value)
        {
            if (value.Length > 0)
                metadata.Fields[key] = Value.ForString(value);
        }
        Add("NAMESPACE", identity.Namespace);
        Add("SERVICE_ACCOUNT", identity.ServiceAccount);
        Add("NAME", identity.Name);
        Add("WORKLOAD_NAME", identity.Workload);
        Add("INSTANCE_IPS", identity.Address);
        foreach (var (key, value) in identity.Metadata)
            Add(key, value);
        var labels = new Struct();
        foreach (var (key, value) in identity.Labels)
            labels.Fields[key] = Value.ForString(value);
        metadata.Fields["LABELS"] = Value.ForStruct(labels);
        return new Node
        {
            Id = identity.NodeId,
            Cluster = identity.ServiceCluster,
            Metadata = metadata,
            Locality = LocalityOf(identity.Locality),
            UserAgentName = "lateen-proxy",
        };
    }

    private static Locality LocalityOf(string text)
    {
        var parts = text.Split('/');
        return new Locality
        {
            Region = parts[0],
            Zone = parts.Length > 1 ? parts[1] : "",
            SubZone = parts.Length > 2 ? parts[2] : "",
        };
    }
}
