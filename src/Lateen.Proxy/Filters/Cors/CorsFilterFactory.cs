// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Routing;
using Api = Envoy.Extensions.Filters.Http.Cors.V3;

namespace Lateen.Proxy.Filters.Cors;

/// <summary><c>envoy.extensions.filters.http.cors.v3.Cors</c>, with a <c>CorsPolicy</c> per route.</summary>
internal sealed class CorsFilterFactory : IHttpFilterFactory
{
    public string ConfigType => Api.Cors.Descriptor.FullName;

    public string? OverrideType => Api.CorsPolicy.Descriptor.FullName;

    public object? DecodeConfig(Any config, string path, DecodeContext context) =>
        context.Unpack<Api.Cors>(config, path);

    public object? DecodeOverride(Any config, string path, DecodeContext context) =>
        context.Unpack<Api.CorsPolicy>(config, path) is { } policy ? Decode(policy, path, context) : null;

    public IHttpFilter Create(string name, object config, HttpFilterEnvironment environment) =>
        new CorsFilter(name, environment.Stats.Cors(environment.StatPrefix));

    private static CorsPolicy Decode(Api.CorsPolicy policy, string path, DecodeContext context)
    {
        var origins = new List<StringMatchSpec>();
        for (var i = 0; i < policy.AllowOriginStringMatch.Count; i++)
        {
            var at = $"{path}.allow_origin_string_match[{i}]";
            if (RouteMatchDecoder.Text(policy.AllowOriginStringMatch[i], at, context) is { } origin)
                origins.Add(origin);
        }
        return new CorsPolicy(context.HasProblems ? [] : origins)
        {
            Methods = CorsPolicy.Text(policy.AllowMethods),
            Headers = CorsPolicy.Text(policy.AllowHeaders),
            ExposedHeaders = CorsPolicy.Text(policy.ExposeHeaders),
            MaxAge = CorsPolicy.Text(policy.MaxAge),
            AllowsCredentials = policy.AllowCredentials ?? false,
            AllowsPrivateNetwork = policy.AllowPrivateNetworkAccess ?? false,
            ForwardsOthers = policy.ForwardNotMatchingPreflights ?? true,
            Share = context.Millionths(policy.FilterEnabled?.DefaultValue, $"{path}.filter_enabled.default_value"),
        };
    }
}
