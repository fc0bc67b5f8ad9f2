// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Changes the path of a request and keeps its query.</summary>
internal sealed class PathRewriter
{
    private readonly int _matchedLength;
    private readonly byte[]? _prefix;
    private readonly Regex? _pattern;
    private readonly string _substitution = "";
    private readonly byte[]? _whole;

    private PathRewriter(RouteMatchSpec match, string? prefix, RegexRewriteSpec? regex, string? whole)
    {
        // Envoy replaces what matched: of a regular expression or an exact path that is all of it.
        _matchedLength = match.PathKind is PathMatchKind.Prefix or PathMatchKind.SeparatedPrefix
            ? Encoding.UTF8.GetByteCount(match.Path)
            : int.MaxValue;
        _prefix = prefix is null ? null : Encoding.UTF8.GetBytes(prefix);
        _whole = whole is null ? null : Encoding.UTF8.GetBytes(whole);
        if (regex is null)
            return;
        _pattern = Re2Pattern.CompileSearch(regex.Pattern);
        _substitution = Re2Pattern.TranslateSubstitution(regex.Substitution);
    }

    public static PathRewriter? For(RouteMatchSpec match, ForwardActionSpec action) =>
        action.PrefixRewrite is null && action.RegexRewrite is null
            ? null
            : new PathRewriter(match, action.PrefixRewrite, action.RegexRewrite, null);

    public static PathRewriter? For(RouteMatchSpec match, RedirectActionSpec action) =>
        action.PrefixRewrite is null && action.RegexRewrite is null && action.Path is null
            ? null
            : new PathRewriter(match, action.PrefixRewrite, action.RegexRewrite, action.Path);

    public void Apply(RequestHead request)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var needed = request.Path.Length + (_prefix?.Length ?? _whole?.Length ?? 0);
        if (_pattern is not null)
            request.SetPath(Substitute(request));
        else if (needed <= buffer.Length)
            request.SetPath(buffer[..Write(request, buffer)]);
        else
            request.SetPath(WriteLong(request, new byte[needed]));
    }

    private ReadOnlySpan<byte> WriteLong(RequestHead request, byte[] buffer) =>
        buffer.AsSpan(0, Write(request, buffer));

    private int Write(RequestHead request, Span<byte> destination)
    {
        var path = request.Path;
        var pathLength = request.PathWithoutQuery.Length;
        var replacement = _whole ?? _prefix!;
        // A whole path that has a query of its own does not get the request's.
        var keepFrom =
            _whole is null ? Math.Min(_matchedLength, pathLength)
            : _whole.AsSpan().Contains((byte)'?') ? path.Length
            : pathLength;
        replacement.CopyTo(destination);
        path[keepFrom..].CopyTo(destination[replacement.Length..]);
        return replacement.Length + path.Length - keepFrom;
    }

    /// <summary>Regular expressions build strings: rare, and the one rewrite that allocates.</summary>
    private byte[] Substitute(RequestHead request)
    {
        var path = request.PathWithoutQuery;
        var rewritten = _pattern!.Replace(Encoding.UTF8.GetString(path), _substitution);
        return [.. Encoding.UTF8.GetBytes(rewritten), .. request.Path[path.Length..]];
    }
}
