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
            Mirrors = MirrorDecoder.Decode(routes.RequestMirrorPolicies, $"{path}request_mirror_policies", context),
            IgnorePortInHostMatching = routes.IgnorePortInHostMatching,
            MostSpecificHeadersWin = routes.MostSpecificHeaderMutationsWins,
        };
    }

    private static VirtualHostSpec Host(Api.VirtualHost host, string path, DecodeContext context)
    {
        if (host.Name.Length == 0)
            context.Add($"{path}.name", "is empty; a virtual host needs a name");
        if (host.Domains.Count == 0)
            context.Add($"{path}.domains", "is empty; a virtual host needs at least one domain");
        for (var i = 0; i < host.Domains.Count; i++)
        {
            var domain = host.Domains[i];
            if (domain.Length == 0 || !IsOneStar(domain))
                context.Add($"{path}.domains[{i}]", $"is \"{domain}\"; a star may stand first or last, once");
        }
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
            Mirrors = MirrorDecoder.Decode(host.RequestMirrorPolicies, $"{path}.request_mirror_policies", context),
            RetryPolicy = RetryPolicyDecoder.Decode(host.RetryPolicy, $"{path}.retry_policy", context),
            RequireTls = RequireTls(host, path, context),
            FilterOverrides = HttpFilterDecoder.Overrides(host.TypedPerFilterConfig, path, context),
        };
    }

    private static bool IsOneStar(string domain) =>
        domain.IndexOf('*', StringComparison.Ordinal) is var first
        && (first < 0 || first == domain.LastIndexOf('*'))
        && (first <= 0 || first == domain.Length - 1);

    private static TlsRequirement RequireTls(Api.VirtualHost host, string path, DecodeContext context)
    {
        if (!Enum.IsDefined(host.RequireTls))
            context.Add($"{path}.require_tls", $"is {host.RequireTls}, which this proxy does not know");
        return (TlsRequirement)host.RequireTls;
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
            FilterOverrides = HttpFilterDecoder.Overrides(route.TypedPerFilterConfig, path, context),
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
            Names(requestRemove, $"{path}.request_headers_to_remove", context),
            Headers(responseAdd, $"{path}.response_headers_to_add", context),
            Names(responseRemove, $"{path}.response_headers_to_remove", context)
        );

    /// <summary>Pseudo-headers and the host are the request line's, and not for removal, as in Envoy.</summary>
    internal static string[] Names(RepeatedField<string> names, string path, DecodeContext context)
    {
        var lower = names.Select(static name => name.ToLowerInvariant()).ToArray();
        for (var i = 0; i < lower.Length; i++)
        {
            if (lower[i].Length == 0 || lower[i][0] == ':' || lower[i] == "host")
                context.Add($"{path}[{i}]", $"\"{names[i]}\" cannot be removed");
        }
        return lower;
    }

    internal static List<HeaderToAdd> Headers(
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
            else if (name[0] == ':')
                context.Add(
                    $"{path}[{i}].header.key",
                    $"\"{name}\" is a pseudo-header, which cannot be changed this way"
                );
            if (!Enum.IsDefined(option.AppendAction))
                context.Add($"{path}[{i}].append_action", $"is {option.AppendAction}, which this proxy does not know");
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
