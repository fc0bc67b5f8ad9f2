// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using Envoy.Type.Metadata.V3;
using Lateen.Proxy.Clusters;
using Api = Envoy.Config.Cluster.V3.Cluster;

namespace Lateen.Proxy.Decoding;

/// <summary>Envoy's <c>OriginalDstLbConfig</c> → <see cref="OriginalDestinationSpec"/>, and what a cluster of that kind may have.</summary>
internal static class OriginalDestinationDecoder
{
    private const string DefaultHeader = "x-envoy-original-dst-host";

    /// <summary>RFC 9110 §5.6.2, without upper case.</summary>
    private static readonly SearchValues<byte> s_ofNames = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8
    );

    public static OriginalDestinationSpec Decode(Api cluster, ClusterKind kind, DecodeContext context)
    {
        if ((cluster.LbPolicy == Api.Types.LbPolicy.ClusterProvided) != (kind == ClusterKind.OriginalDestination))
            context.Add(
                "lb_policy",
                $"is {cluster.LbPolicy}; CLUSTER_PROVIDED is for type ORIGINAL_DST, which has no other"
            );
        if (kind != ClusterKind.OriginalDestination)
        {
            if (cluster.OriginalDstLbConfig is not null)
                context.Add(
                    "original_dst_lb_config",
                    "is for clusters of type ORIGINAL_DST; give that, or leave it out"
                );
            return OriginalDestinationSpec.Default;
        }
        if (cluster.LoadAssignment is not null)
            context.Add(
                "load_assignment",
                "stands beside type ORIGINAL_DST, which goes where clients meant to go; leave it out"
            );
        if (cluster.OriginalDstLbConfig is not { } config)
            return OriginalDestinationSpec.Default;
        if (config.UpstreamPortOverride > ushort.MaxValue)
            context.Add(
                "original_dst_lb_config.upstream_port_override",
                $"is {config.UpstreamPortOverride}; ports are 0 to 65535"
            );
        return new OriginalDestinationSpec
        {
            Header = config.UseHttpHeader ? Header(config.HttpHeaderName, context) : default,
            Metadata = config.MetadataKey is { } key ? Metadata(key, context) : null,
            Port = (int)Math.Min(config.UpstreamPortOverride ?? 0, ushort.MaxValue),
        };
    }

    private static MetadataKeySpec Metadata(MetadataKey key, DecodeContext context)
    {
        const string Path = "original_dst_lb_config.metadata_key";
        if (key.Key.Length == 0)
            context.Add($"{Path}.key", "is missing; give the name of the filter that notes the address");
        if (key.Path.Count == 0)
            context.Add($"{Path}.path", "is empty; give the key under which the address stands");
        for (var i = 0; i < key.Path.Count; i++)
        {
            if (key.Path[i].Key.Length == 0)
                context.Add($"{Path}.path[{i}].key", "is missing");
        }
        return new MetadataKeySpec(key.Key, key.Path is [var only] ? only.Key : null);
    }

    private static byte[] Header(string name, DecodeContext context)
    {
        if (name.Length == 0)
            name = DefaultHeader;
        var bytes = Encoding.UTF8.GetBytes(name.ToLowerInvariant());
        if (bytes.AsSpan().ContainsAnyExcept(s_ofNames))
            context.Add("original_dst_lb_config.http_header_name", $"is {name}, which is no name of a header");
        return bytes;
    }
}
