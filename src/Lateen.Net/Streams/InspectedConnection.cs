// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Streams;

/// <summary>What listener filters found out about a connection before it is served. Immutable.</summary>
public sealed record InspectedConnection
{
    public static InspectedConnection Nothing { get; } = new();

    /// <summary>Whom it is from, as a PROXY protocol header says; none where none does.</summary>
    public NetAddress Remote { get; init; }

    /// <summary>Where it was meant to go: before iptables redirected it, or by a PROXY protocol header; none where none says.</summary>
    public NetAddress Local { get; init; }

    /// <summary>SNI of the ClientHello, in lower case; empty for none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>JA3 fingerprint of the ClientHello, in lower-case hexadecimal; empty where nobody asked for it.</summary>
    public string Ja3 { get; init; } = "";

    /// <summary>What a PROXY protocol header of version 2 carries beside the addresses, to be passed on.</summary>
    public IReadOnlyList<ProxyTlv> Tlvs { get; init; } = [];

    /// <summary>What such a header says under names that the configuration gives (Envoy's dynamic metadata).</summary>
    public IReadOnlyList<InspectedValue> Metadata { get; init; } = [];
}

/// <summary>A value of dynamic metadata.</summary>
public sealed record InspectedValue(string Namespace, string Key, string Value);

/// <summary>A type-length-value of the PROXY protocol (version 2, §2.2).</summary>
public readonly record struct ProxyTlv(byte Type, ReadOnlyMemory<byte> Value);
