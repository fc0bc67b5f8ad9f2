// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.Collections;
using Lateen.Http;
using Lateen.Proxy.Filters;
using Api = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using RouterApi = Envoy.Extensions.Filters.Http.Router.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>The router filter → <see cref="RouterSpec"/>.</summary>
internal static class RouterDecoder
{
    private static readonly KnownHeader[] s_checked =
    [
        KnownHeader.XEnvoyUpstreamRqTimeoutMs,
        KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs,
        KnownHeader.XEnvoyMaxRetries,
        KnownHeader.XEnvoyRetryOn,
        KnownHeader.XEnvoyRetryGrpcOn,
    ];

    /// <param name="filters">That the router is the last of them is checked elsewhere.</param>
    public static RouterSpec Decode(RepeatedField<Api.HttpFilter> filters, string path, DecodeContext context)
    {
        if (
            filters.LastOrDefault()?.TypedConfig is not { } config
            || TypedConfigs.TypeOf(config) != RouterApi.Router.Descriptor.FullName
        )
            return RouterSpec.Default;
        path = $"{path}[{filters.Count - 1}].typed_config";
        if (context.Unpack<RouterApi.Router>(config, path) is not { } router)
            return RouterSpec.Default;
        var strict = new List<KnownHeader>();
        for (var i = 0; i < router.StrictCheckHeaders.Count; i++)
        {
            var id = KnownHeaders.Classify(Encoding.ASCII.GetBytes(router.StrictCheckHeaders[i].ToLowerInvariant()));
            if (Array.IndexOf(s_checked, id) < 0)
                context.Add(
                    $"{path}.strict_check_headers[{i}]",
                    $"is {router.StrictCheckHeaders[i]}; give {string.Join(", ", s_checked.Select(Name))}"
                );
            else
                strict.Add(id);
        }
        return new RouterSpec
        {
            SuppressEnvoyHeaders = router.SuppressEnvoyHeaders,
            RespectExpectedRqTimeout = router.RespectExpectedRqTimeout,
            StrictCheckHeaders = strict,
        };
    }

    private static string Name(KnownHeader id) => Encoding.ASCII.GetString(KnownHeaders.Name(id));
}
