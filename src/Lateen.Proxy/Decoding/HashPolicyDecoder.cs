// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Hash policies → <see cref="HashPolicySpec"/>.</summary>
internal static class HashPolicyDecoder
{
    /// <summary>Room that a set-cookie line is built in, less what stands around name and path.</summary>
    private const int MaxCookieText = 400;

    public static List<HashPolicySpec> Decode(
        RepeatedField<Api.RouteAction.Types.HashPolicy> policies,
        string path,
        DecodeContext context
    )
    {
        var specs = new List<HashPolicySpec>();
        for (var i = 0; i < policies.Count; i++)
        {
            if (Decode(policies[i], $"{path}[{i}]", context) is { } spec)
                specs.Add(spec);
        }
        return specs;
    }

    private static HashPolicySpec? Decode(Api.RouteAction.Types.HashPolicy policy, string path, DecodeContext context)
    {
        switch (policy.PolicySpecifierCase)
        {
            case Api.RouteAction.Types.HashPolicy.PolicySpecifierOneofCase.Header:
                Require(policy.Header.HeaderName, $"{path}.header.header_name", context);
                return new HashPolicySpec(
                    HashSource.Header,
                    policy.Header.HeaderName.ToLowerInvariant(),
                    policy.Terminal
                )
                {
                    Rewrite = RegexRewriteDecoder.Decode(
                        policy.Header.RegexRewrite,
                        $"{path}.header.regex_rewrite",
                        context
                    ),
                };
            case Api.RouteAction.Types.HashPolicy.PolicySpecifierOneofCase.Cookie:
                return Cookie(policy, $"{path}.cookie", context);
            case Api.RouteAction.Types.HashPolicy.PolicySpecifierOneofCase.ConnectionProperties:
                if (!policy.ConnectionProperties.SourceIp)
                    context.Add($"{path}.connection_properties.source_ip", "is false; it is all there is to hash");
                return new HashPolicySpec(HashSource.SourceAddress, "", policy.Terminal);
            case Api.RouteAction.Types.HashPolicy.PolicySpecifierOneofCase.QueryParameter:
                Require(policy.QueryParameter.Name, $"{path}.query_parameter.name", context);
                return new HashPolicySpec(HashSource.QueryParameter, policy.QueryParameter.Name, policy.Terminal);
            case Api.RouteAction.Types.HashPolicy.PolicySpecifierOneofCase.FilterState:
                return null; // no filter here leaves state, so there never is anything to hash
            default:
                context.Add(
                    path,
                    "has no policy that this proxy knows: header, cookie, connection_properties, query_parameter or filter_state"
                );
                return null;
        }
    }

    private static HashPolicySpec Cookie(Api.RouteAction.Types.HashPolicy policy, string path, DecodeContext context)
    {
        var cookie = policy.Cookie;
        Require(cookie.Name, $"{path}.name", context);
        if (cookie.Name.Length + cookie.Path.Length > MaxCookieText)
            context.Add($"{path}.name", $"is longer, with the path, than {MaxCookieText} characters");
        return new HashPolicySpec(HashSource.Cookie, cookie.Name, policy.Terminal)
        {
            CookieTtl = cookie.Ttl is null ? null : context.Duration(cookie.Ttl, TimeSpan.Zero, $"{path}.ttl"),
            CookiePath = cookie.Path,
        };
    }

    private static void Require(string name, string path, DecodeContext context)
    {
        if (name.Length == 0)
            context.Add(path, "is missing");
    }
}
