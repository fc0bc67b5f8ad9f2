// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>Where requests of an ORIGINAL_DST cluster go (Envoy <c>OriginalDstLbConfig</c>).</summary>
public sealed record OriginalDestinationSpec
{
    public static OriginalDestinationSpec Default { get; } = new();

    /// <summary>
    /// With <c>use_http_header</c> the name of the header, in lower case, whose <c>IP:PORT</c> is gone to, before the client's own
    /// destination; empty for none.
    /// </summary>
    public ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>
    /// <c>metadata_key</c>: where an address stands in the metadata of the client's connection, which is gone to before any other;
    /// null for nowhere.
    /// </summary>
    public MetadataKeySpec? Metadata { get; init; }

    /// <summary><c>upstream_port_override</c>: the port, whatever the client's was; 0 for the client's.</summary>
    public int Port { get; init; }
}
