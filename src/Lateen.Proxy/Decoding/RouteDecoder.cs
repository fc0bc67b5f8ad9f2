// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Proxy.Formatting;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Route configurations → <see cref="RouteConfigurationSpec"/>.</summary>
internal static class RouteDecoder
{
    public static RouteConfigurationSpec Decode(Api.RouteConfiguration routes, string path, DecodeContext context)
    {
        var hosts = new List<VirtualHostSpec>();
        for (var i = 0; i < routes.VirtualHosts.Count; i++)
            hosts.Add(Host(routes.VirtualHosts[i], $"{path}virtual_hosts[{i}]", context));
        return new RouteConfigurationSpec
        {
            Name = routes.Name,
            VirtualHosts = hosts,
            Headers = Mutations(
                routes.RequestHeadersToAdd,
                routes.RequestHeadersToRemove,
                routes.ResponseHeadersToAdd,
                routes.ResponseHeadersToRemove,
                path,
                context
            ),
            IgnorePortInHostMatching = routes.IgnorePortInHostMatching,
            MostSpecificHeadersWin = routes.MostSpecificHeaderMutationsWins,
        };
    }

    private static VirtualHostSpec Host(Api.VirtualHost host, string path, DecodeContext context)
    {
        if (host.Domains.Count == 0)
            context.Add($"{path}.domains", "is empty; a virtual host needs at least one domain");
        var routes = new List<RouteSpec>();
        for (var i = 0; i < host.Routes.Count; i++)
        {
            if (Route(host.Routes[i], $"{path}.routes[{i}]", context) is { } route)
                routes.Add(route);
        }
        return new VirtualHostSpec
        {
            Name = host.Name,
            Domains = host.Domains.ToArray(),
            Routes = routes,
            Headers = Mutations(
                host.RequestHeadersToAdd,
                host.RequestHeadersToRemove,
                host.ResponseHeadersToAdd,
                host.ResponseHeadersToRemove,
                path,
                context
            ),
            IncludeRequestAttemptCount = host.IncludeRequestAttemptCount,
            IncludeAttemptCountInResponse = host.IncludeAttemptCountInResponse,
            RetryPolicy = RouteActionDecoder.Retry(host.RetryPolicy, $"{path}.retry_policy", context),
            RequireTls = host.RequireTls == Api.VirtualHost.Types.TlsRequirementType.All,
        };
    }

    private static RouteSpec? Route(Api.Route route, string path, DecodeContext context)
    {
        var match = RouteMatchDecoder.Decode(route.Match, $"{path}.match", context);
        var action = RouteActionDecoder.Decode(route, path, context);
        if (match is null || action is null)
            return null;
        return new RouteSpec
        {
            Name = route.Name,
            Match = match,
            Action = action,
            Headers = Mutations(
                route.RequestHeadersToAdd,
                route.RequestHeadersToRemove,
                route.ResponseHeadersToAdd,
                route.ResponseHeadersToRemove,
                path,
                context
            ),
        };
    }

    public static HeaderMutationsSpec Mutations(
        RepeatedField<CoreApi.HeaderValueOption> requestAdd,
        RepeatedField<string> requestRemove,
        RepeatedField<CoreApi.HeaderValueOption> responseAdd,
        RepeatedField<string> responseRemove,
        string path,
        DecodeContext context
    ) =>
        new(
            Headers(requestAdd, $"{path}.request_headers_to_add", context),
            requestRemove.Select(static name => name.ToLowerInvariant()).ToArray(),
            Headers(responseAdd, $"{path}.response_headers_to_add", context),
            responseRemove.Select(static name => name.ToLowerInvariant()).ToArray()
        );

    private static List<HeaderToAdd> Headers(
        RepeatedField<CoreApi.HeaderValueOption> options,
        string path,
        DecodeContext context
    )
    {
        var headers = new List<HeaderToAdd>();
        for (var i = 0; i < options.Count; i++)
        {
            var option = options[i];
            var name = option.Header?.Key.ToLowerInvariant() ?? "";
            if (name.Length == 0)
                context.Add($"{path}[{i}].header.key", "is missing");
            try
            {
                SubstitutionFormat.Parse(option.Header?.Value ?? "");
            }
            catch (FormatException failure)
            {
                context.Add($"{path}[{i}].header.value", failure.Message);
            }
            // The deprecated wrapper still wins where it is set, as in Envoy.
            var action = option.Append is { } append
                ? append
                    ? AppendAction.AppendIfExistsOrAdd
                    : AppendAction.OverwriteIfExistsOrAdd
                : (AppendAction)option.AppendAction;
            headers.Add(new HeaderToAdd(name, option.Header?.Value ?? "", action, option.KeepEmptyValue));
        }
        return headers;
    }
}
