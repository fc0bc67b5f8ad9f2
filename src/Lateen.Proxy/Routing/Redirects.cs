// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Builds the answer of a redirect route.</summary>
internal static class Redirects
{
    /// <summary>Fills status and location. The request's path is rewritten on the way: nobody forwards it.</summary>
    public static void Write(RouteEntry route, RequestHead request, ResponseHead response)
    {
        var action = (RedirectActionSpec)route.Spec.Action;
        if (route.PathRewrite is { } rewrite)
            rewrite.Apply(request);
        var path = action.StripQuery ? request.PathWithoutQuery : request.Path;
        var location = new StringBuilder(128);
        var oldScheme = Encoding.ASCII.GetString(request.Scheme);
        var scheme = action.Scheme ?? oldScheme;
        location.Append(scheme).Append("://");
        AppendAuthority(location, action, request, scheme != oldScheme);
        location.Append(Encoding.ASCII.GetString(path));
        response.Status = action.Status;
        response.Headers.Set(KnownHeader.Location, Encoding.ASCII.GetBytes(location.ToString()));
    }

    /// <summary>A host or scheme that changes takes a port of the old one's default along (80 with http, 443 with https).</summary>
    private static void AppendAuthority(
        StringBuilder location,
        RedirectActionSpec action,
        RequestHead request,
        bool schemeChanges
    )
    {
        var authority = Encoding.ASCII.GetString(request.Authority);
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > 0 && !authority.AsSpan(colon).Contains(']');
        var host = hasPort ? authority[..colon] : authority;
        var port = hasPort ? authority[colon..] : "";
        var isDefaultPort = port is ":80" or ":443";
        if (action.Port != 0)
            port = string.Create(CultureInfo.InvariantCulture, $":{action.Port}");
        else if (action.Host is not null || (schemeChanges && isDefaultPort))
            port = "";
        location.Append(action.Host ?? host).Append(port);
    }
}
