// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.TransportSockets;

/// <summary>A gRPC service that sends secrets and is not the ADS (Envoy <c>ApiConfigSource</c> of an <c>sds_config</c>).</summary>
/// <param name="Cluster"><c>envoy_grpc.cluster_name</c>; empty where <paramref name="Target"/> is set.</param>
/// <param name="Target"><c>google_grpc.target_uri</c>, as <c>unix:./socket</c> or <c>127.0.0.1:9000</c>; else empty.</param>
/// <param name="IsDelta"><c>DELTA_GRPC</c> rather than <c>GRPC</c>.</param>
public sealed record SecretServer(string Cluster, string Target, bool IsDelta)
{
    /// <summary>What logs call it.</summary>
    public override string ToString() => Target.Length > 0 ? Target : $"cluster {Cluster}";
}
