// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Targets;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// What the connection manager does with path and host before anything looks at them: filters and routes see one spelling of
/// each, and so does the upstream.
/// </summary>
internal static class RequestTarget
{
    /// <summary>Puts the request's target into its uniform spelling.</summary>
    public static TargetVerdict Normalize(StreamInfo info, ServerConnection connection)
    {
        var request = info.Request;
        var manager = connection.Manager;
        if (request.Authority.IsEmpty && !TrySetDefaultHost(request, manager))
            return TargetVerdict.NoHost;
        // Only CONNECT has none.
        if (!request.Path.IsEmpty)
        {
            if (request.Path[0] != '/')
                return TargetVerdict.NonRelative;
            var verdict = PathNormalizer.Apply(request, manager.Paths);
            if (verdict == PathVerdict.Reject || (verdict == PathVerdict.Redirect && GrpcReply.IsGrpc(request)))
                return TargetVerdict.Reject;
            if (verdict == PathVerdict.Redirect)
                return TargetVerdict.Redirect;
        }
        if (manager.Hosts != default)
        {
            var localPort = manager.Hosts.Port == StrippedPort.Matching ? connection.LocalPort : 0;
            info.StrippedPort = HostNormalizer.Apply(request, manager.Hosts, localPort);
        }
        return TargetVerdict.Continue;
    }

    /// <summary>HTTP/1.0 knows no host, and may be given one; HTTP/2 may leave it out, and is not.</summary>
    private static bool TrySetDefaultHost(RequestHead request, HttpConnectionManagerSpec manager)
    {
        if (request.Version != HttpVersion.Http10 || manager.DefaultHostForHttp10.Length == 0)
            return false;
        request.SetAuthority(manager.DefaultHostForHttp10);
        return true;
    }

    /// <summary>The answer to a request that does not go on.</summary>
    public static LocalReply ReplyTo(TargetVerdict verdict) =>
        verdict switch
        {
            TargetVerdict.NoHost => LocalReply.NoHost,
            TargetVerdict.NonRelative => LocalReply.NonRelativePath,
            TargetVerdict.Redirect => LocalReply.PathRedirect,
            _ => LocalReply.PathRejected,
        };
}

/// <summary>Outcome of <see cref="RequestTarget.Normalize"/>.</summary>
public enum TargetVerdict : byte
{
    Continue,

    /// <summary>The client is to ask for the path that stands in the request now.</summary>
    Redirect,

    /// <summary>The path is not admitted.</summary>
    Reject,

    /// <summary>The path does not begin with a slash, as that of <c>OPTIONS *</c>.</summary>
    NonRelative,

    /// <summary>The request is to no host.</summary>
    NoHost,
}
