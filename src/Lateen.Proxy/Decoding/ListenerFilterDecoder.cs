// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Listeners.Inspectors;
using Api = Envoy.Config.Listener.V3;
using HttpApi = Envoy.Extensions.Filters.Listener.HttpInspector.V3;
using OriginalApi = Envoy.Extensions.Filters.Listener.OriginalDst.V3;
using ProxyApi = Envoy.Extensions.Filters.Listener.ProxyProtocol.V3;
using TlsApi = Envoy.Extensions.Filters.Listener.TlsInspector.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Listener filters → <see cref="ListenerFilterSpec"/>.</summary>
internal static class ListenerFilterDecoder
{
    public static List<ListenerFilterSpec> Decode(Api.Listener listener, DecodeContext context)
    {
        var specs = new List<ListenerFilterSpec>();
        var hasOriginal = false;
        for (var i = 0; i < listener.ListenerFilters.Count; i++)
        {
            var filter = listener.ListenerFilters[i];
            var path = $"listener_filters[{i}]";
            if (Decode(filter, path, context) is not { } spec)
                continue;
            hasOriginal |= spec.Kind == ListenerFilterKind.OriginalDestination;
            specs.Add(spec with { Disabled = Predicate(filter.FilterDisabled, $"{path}.filter_disabled", context) });
        }
        // The flag alone asks for the filter too, as in Envoy.
        if (listener.UseOriginalDst == true && !hasOriginal)
            specs.Insert(0, new ListenerFilterSpec(ListenerFilterKind.OriginalDestination));
        return specs;
    }

    private static ListenerFilterSpec? Decode(Api.ListenerFilter filter, string path, DecodeContext context)
    {
        var type = filter.TypedConfig is null ? "" : TypedConfigs.TypeOf(filter.TypedConfig);
        if (type == OriginalApi.OriginalDst.Descriptor.FullName)
            return new ListenerFilterSpec(ListenerFilterKind.OriginalDestination);
        if (type == TlsApi.TlsInspector.Descriptor.FullName)
            return TlsInspector(filter, path, context);
        if (type == HttpApi.HttpInspector.Descriptor.FullName)
            return new ListenerFilterSpec(ListenerFilterKind.HttpInspector);
        if (type == ProxyApi.ProxyProtocol.Descriptor.FullName)
            return new ListenerFilterSpec(ListenerFilterKind.ProxyProtocol)
            {
                ProxyProtocol = ProxyProtocolDecoder.Decode(filter.TypedConfig!, $"{path}.typed_config", context),
            };
        context.Add(path, $"is {filter.Name} of the type \"{type}\", which this proxy does not serve");
        return null;
    }

    private static ListenerFilterSpec TlsInspector(Api.ListenerFilter filter, string path, DecodeContext context)
    {
        var inspector = context.Unpack<TlsApi.TlsInspector>(filter.TypedConfig!, $"{path}.typed_config");
        if (inspector?.EnableJa4Fingerprinting == true)
            context.Add($"{path}.typed_config.enable_ja4_fingerprinting", "is not served; JA3 is");
        return new ListenerFilterSpec(ListenerFilterKind.TlsInspector)
        {
            MakesJa3 = inspector?.EnableJa3Fingerprinting ?? false,
        };
    }

    private static ListenerPredicate? Predicate(
        Api.ListenerFilterChainMatchPredicate? predicate,
        string path,
        DecodeContext context
    )
    {
        switch (predicate?.RuleCase)
        {
            case null or Api.ListenerFilterChainMatchPredicate.RuleOneofCase.None:
                return null;
            case Api.ListenerFilterChainMatchPredicate.RuleOneofCase.AnyMatch:
                return new ListenerPredicate.Always();
            case Api.ListenerFilterChainMatchPredicate.RuleOneofCase.DestinationPortRange:
                return new ListenerPredicate.Ports(
                    predicate.DestinationPortRange.Start,
                    predicate.DestinationPortRange.End
                );
            case Api.ListenerFilterChainMatchPredicate.RuleOneofCase.NotMatch:
                return Predicate(predicate.NotMatch, $"{path}.not_match", context) is { } inner
                    ? new ListenerPredicate.Not(inner)
                    : Empty($"{path}.not_match", context);
            case Api.ListenerFilterChainMatchPredicate.RuleOneofCase.AndMatch:
                return new ListenerPredicate.All(Rules(predicate.AndMatch, $"{path}.and_match", context));
            default:
                return new ListenerPredicate.Either(Rules(predicate.OrMatch, $"{path}.or_match", context));
        }
    }

    private static List<ListenerPredicate> Rules(
        Api.ListenerFilterChainMatchPredicate.Types.MatchSet set,
        string path,
        DecodeContext context
    )
    {
        var rules = new List<ListenerPredicate>();
        for (var i = 0; i < set.Rules.Count; i++)
        {
            var at = $"{path}.rules[{i}]";
            if ((Predicate(set.Rules[i], at, context) ?? Empty(at, context)) is { } rule)
                rules.Add(rule);
        }
        return rules;
    }

    private static ListenerPredicate? Empty(string path, DecodeContext context)
    {
        context.Add(path, "has no rule; give any_match, destination_port_range, or one of the combinations");
        return null;
    }
}
