// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.ControlPlane.ResourceApi.Security;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>Who sends a request.</summary>
/// <param name="authenticator">Null where there is no TLS, and so nobody to tell apart.</param>
internal sealed class ApiCallers(IApiAuthenticator? authenticator)
{
    private const string Bearer = "Bearer ";

    /// <summary>Null when nobody is known by what the request shows. Plaintext is for loopback addresses alone, and for whoever is there.</summary>
    public ApiUser? Find(HttpContext http)
    {
        if (!http.Request.IsHttps)
            return ApiUser.Local;
        if (authenticator is null)
            return null;
        var header = http.Request.Headers.Authorization.ToString();
        // Who shows a token is who the token says, or nobody.
        if (header.Length > 0)
            return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? authenticator.ByToken(header[Bearer.Length..].Trim())
                : null;
        // The handshake let it pass, so it is of an authority that we trust.
        return http.Connection.ClientCertificate is { } certificate ? ClientChain.UserOf(certificate) : null;
    }

    /// <summary>
    /// A page in a browser on this machine can reach a loopback address under a name of its own, which is how it would speak to us with
    /// everything that a local user may do. Its requests bear that name.
    /// </summary>
    public bool IsMisled(HttpRequest request)
    {
        if (request.IsHttps)
            return false;
        var host = request.Host.Host.Trim('[', ']');
        return !string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            && !(IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
