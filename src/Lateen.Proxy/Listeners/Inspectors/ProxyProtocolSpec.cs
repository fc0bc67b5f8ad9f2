// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Streams;

namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>How a listener takes headers of the PROXY protocol (Envoy <c>filters.listener.proxy_protocol.v3.ProxyProtocol</c>).</summary>
public sealed record ProxyProtocolSpec
{
    /// <summary>Namespace of metadata where a rule names none.</summary>
    public const string FilterName = "envoy.filters.listener.proxy_protocol";

    public static ProxyProtocolSpec Default { get; } = new();

    /// <summary><c>allow_requests_without_proxy_protocol</c></summary>
    public bool AllowsPlain { get; init; }

    /// <summary><c>disallowed_versions</c> lacks 1.</summary>
    public bool AllowsV1 { get; init; } = true;

    /// <summary><c>disallowed_versions</c> lacks 2.</summary>
    public bool AllowsV2 { get; init; } = true;

    /// <summary><c>stat_prefix</c></summary>
    public string StatPrefix { get; init; } = "";

    /// <summary><c>rules</c>: TLVs that become metadata.</summary>
    public IReadOnlyList<ProxyTlvRule> Rules { get; init; } = [];

    /// <summary><c>pass_through_tlvs</c>: TLVs that upstreams may be told.</summary>
    public ProxyTlvSet PassThrough { get; init; } = ProxyTlvSet.None;

    /// <summary>Whether TLVs are looked at; else they are skipped unread.</summary>
    public bool ReadsTlvs => Rules.Count > 0 || !PassThrough.IsEmpty;

    /// <summary>The rule for a type; null when there is none.</summary>
    public ProxyTlvRule? RuleFor(byte type)
    {
        for (var i = 0; i < Rules.Count; i++)
        {
            if (Rules[i].Type == type)
                return Rules[i];
        }
        return null;
    }
}

/// <summary>A TLV that becomes metadata under a name (Envoy <c>ProxyProtocol.Rule</c>).</summary>
public sealed record ProxyTlvRule(byte Type, string Namespace, string Key);

/// <summary>Types of TLVs (Envoy <c>ProxyProtocolPassThroughTLVs</c>).</summary>
public sealed record ProxyTlvSet(bool HasAll, IReadOnlyList<byte> Types)
{
    public static ProxyTlvSet None { get; } = new(false, []);

    public bool IsEmpty => !HasAll && Types.Count == 0;

    public bool Contains(byte type)
    {
        if (HasAll)
            return true;
        for (var i = 0; i < Types.Count; i++)
        {
            if (Types[i] == type)
                return true;
        }
        return false;
    }

    /// <summary>Those of a connection's TLVs that are in the set.</summary>
    public IReadOnlyList<ProxyTlv> Of(IReadOnlyList<ProxyTlv> tlvs)
    {
        if (HasAll || tlvs.Count == 0)
            return tlvs;
        var chosen = new List<ProxyTlv>();
        for (var i = 0; i < tlvs.Count; i++)
        {
            if (Contains(tlvs[i].Type))
                chosen.Add(tlvs[i]);
        }
        return chosen;
    }
}
