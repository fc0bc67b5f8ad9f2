// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Listeners.Inspectors;
using Api = Envoy.Extensions.Filters.Listener.ProxyProtocol.V3;
using CoreApi = Envoy.Config.Core.V3;
using Version = Envoy.Config.Core.V3.ProxyProtocolConfig.Types.Version;

namespace Lateen.Proxy.Decoding;

/// <summary>The PROXY protocol of listeners and clusters.</summary>
internal static class ProxyProtocolDecoder
{
    private const int MaxType = 255;

    public static ProxyProtocolSpec Decode(Any config, string path, DecodeContext context)
    {
        if (context.Unpack<Api.ProxyProtocol>(config, path) is not { } filter)
            return ProxyProtocolSpec.Default;
        var allowsV1 = !filter.DisallowedVersions.Contains(Version.V1);
        var allowsV2 = !filter.DisallowedVersions.Contains(Version.V2);
        if (!allowsV1 && !allowsV2)
            context.Add($"{path}.disallowed_versions", "has both versions; nobody could connect");
        return new ProxyProtocolSpec
        {
            AllowsPlain = filter.AllowRequestsWithoutProxyProtocol,
            AllowsV1 = allowsV1,
            AllowsV2 = allowsV2,
            StatPrefix = filter.StatPrefix,
            Rules = Rules(filter, path, context),
            PassThrough = PassThrough(filter.PassThroughTlvs, $"{path}.pass_through_tlvs", context),
        };
    }

    /// <summary>What an upstream is told; null for nothing.</summary>
    public static ProxyTlvSet PassThrough(
        CoreApi.ProxyProtocolPassThroughTLVs? tlvs,
        string path,
        DecodeContext context
    )
    {
        if (tlvs is null)
            return ProxyTlvSet.None;
        if (tlvs.MatchType == CoreApi.ProxyProtocolPassThroughTLVs.Types.PassTLVsMatchType.IncludeAll)
            return new ProxyTlvSet(true, []);
        var types = new byte[tlvs.TlvType.Count];
        for (var i = 0; i < types.Length; i++)
            types[i] = Type(tlvs.TlvType[i], $"{path}.tlv_type[{i}]", context);
        return new ProxyTlvSet(false, types);
    }

    private static ProxyTlvRule[] Rules(Api.ProxyProtocol filter, string path, DecodeContext context)
    {
        var rules = new ProxyTlvRule[filter.Rules.Count];
        for (var i = 0; i < rules.Length; i++)
        {
            var at = $"{path}.rules[{i}]";
            var target = filter.Rules[i].OnTlvPresent;
            if (target is not { Key.Length: > 0 })
                context.Add($"{at}.on_tlv_present.key", "is empty; give a name for the value");
            rules[i] = new ProxyTlvRule(
                Type(filter.Rules[i].TlvType, $"{at}.tlv_type", context),
                target is { MetadataNamespace.Length: > 0 } ? target.MetadataNamespace : ProxyProtocolSpec.FilterName,
                target?.Key ?? ""
            );
        }
        return rules;
    }

    private static byte Type(uint type, string path, DecodeContext context)
    {
        if (type > MaxType)
            context.Add(path, $"is {type}; types are 0 to {MaxType}");
        return (byte)type;
    }
}
