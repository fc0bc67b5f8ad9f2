// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Changes the authority of a request before an endpoint is chosen (Envoy <c>host_rewrite_specifier</c>).</summary>
internal sealed class HostRewriter
{
    private readonly byte[]? _literal;
    private readonly byte[]? _header;
    private readonly Regex? _pathPattern;
    private readonly string _substitution = "";
    private readonly bool _appendsForwardedHost;

    private HostRewriter(ForwardActionSpec action, string? literal)
    {
        _appendsForwardedHost = action.AppendForwardedHost;
        _literal = literal is null ? null : Encoding.ASCII.GetBytes(literal);
        _header = action.HostRewriteHeader is null ? null : Encoding.ASCII.GetBytes(action.HostRewriteHeader);
        if (literal is not null || action.HostRewritePathRegex is not { } regex)
            return;
        _pathPattern = Re2Pattern.CompileSearch(regex.Pattern);
        _substitution = Re2Pattern.TranslateSubstitution(regex.Substitution);
    }

    public static HostRewriter? For(ForwardActionSpec action) =>
        action.HostRewrite is null && action.HostRewriteHeader is null && action.HostRewritePathRegex is null
            ? null
            : new HostRewriter(action, action.HostRewrite);

    /// <summary>Of a weighted cluster that has a host of its own.</summary>
    public static HostRewriter? For(ForwardActionSpec action, string? literal) =>
        literal is null ? null : new HostRewriter(action, literal);

    public void Apply(RequestHead request)
    {
        if (_literal is not null)
            Set(request, _literal, _appendsForwardedHost);
        else if (_pathPattern is not null)
            Set(request, FromPath(request), _appendsForwardedHost);
        else if (request.Headers.TryGet(_header, out var value) && !value.IsEmpty)
            Set(request, value.ToArray(), _appendsForwardedHost); // a copy: the header's bytes may move
    }

    public static void Set(RequestHead request, byte[] host, bool appendsForwardedHost)
    {
        if (appendsForwardedHost)
            request.Headers.Add(KnownHeader.XForwardedHost, request.Authority);
        request.SetAuthority(host);
    }

    private byte[] FromPath(RequestHead request) =>
        Encoding.UTF8.GetBytes(_pathPattern!.Replace(Encoding.UTF8.GetString(request.PathWithoutQuery), _substitution));
}
