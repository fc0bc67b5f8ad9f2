// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Decides whether a request meets a <see cref="RouteMatchSpec"/>; allocates nothing for values that stand in one line.</summary>
internal sealed class RouteMatcher
{
    private readonly RouteMatchSpec _spec;
    private readonly byte[] _path;
    private readonly Regex? _pathRegex;
    private readonly HeaderCondition[] _headers;
    private readonly QueryCondition[] _query;

    public RouteMatcher(RouteMatchSpec spec)
    {
        _spec = spec;
        _path = Encoding.UTF8.GetBytes(spec.Path);
        _pathRegex = spec.PathKind == PathMatchKind.Regex ? Re2Pattern.CompileFullMatch(spec.Path) : null;
        _headers = HeaderCondition.All(spec.Headers);
        _query = new QueryCondition[spec.QueryParameters.Count];
        for (var i = 0; i < _query.Length; i++)
            _query[i] = new QueryCondition(spec.QueryParameters[i]);
    }

    /// <param name="path">The request's path without its query.</param>
    public bool Matches(RequestHead request, ReadOnlySpan<byte> path, ulong random)
    {
        if (!MatchesPath(request, path))
            return false;
        if (_spec.RuntimeFraction is { } fraction && random % 1_000_000 >= fraction)
            return false;
        if (_spec.GrpcOnly && !IsGrpc(request))
            return false;
        foreach (var header in _headers)
        {
            if (!header.IsMet(request))
                return false;
        }
        if (_query.Length == 0)
            return true;
        var full = request.Path;
        var query = full.Length > path.Length ? full[(path.Length + 1)..] : default;
        foreach (var condition in _query)
        {
            if (!condition.IsMet(query))
                return false;
        }
        return true;
    }

    private bool MatchesPath(RequestHead request, ReadOnlySpan<byte> path)
    {
        // Only CONNECT has no path, and then nothing else finds it.
        if (path.IsEmpty && _spec.PathKind != PathMatchKind.Connect)
            return false;
        switch (_spec.PathKind)
        {
            case PathMatchKind.Prefix:
                return path.Length >= _path.Length && Equal(path[.._path.Length]);
            case PathMatchKind.Exact:
                return path.Length == _path.Length && Equal(path);
            case PathMatchKind.SeparatedPrefix:
                return path.Length >= _path.Length
                    && Equal(path[.._path.Length])
                    && (path.Length == _path.Length || path[_path.Length] == '/');
            case PathMatchKind.Connect:
                return request.Method.SequenceEqual("CONNECT"u8);
            default:
                return ByteMatcher.MatchesRegex(_pathRegex!, path);
        }
    }

    private bool Equal(ReadOnlySpan<byte> text) =>
        _spec.CaseSensitive ? text.SequenceEqual(_path) : Ascii.EqualsIgnoreCase(text, _path);

    private static bool IsGrpc(RequestHead request) =>
        request.Headers.TryGet(KnownHeader.ContentType, out var type)
        && type.StartsWith("application/grpc"u8)
        && (type.Length == 16 || type[16] is (byte)'+' or (byte)';');

    private sealed class QueryCondition(QueryMatchSpec spec)
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(spec.Name);
        private readonly ByteMatcher? _value = spec.Value is null ? null : new ByteMatcher(spec.Value);

        /// <summary>The first parameter of the name decides, as in Envoy.</summary>
        public bool IsMet(ReadOnlySpan<byte> query) =>
            QueryString.TryGet(query, _name, out var value)
                ? _value?.Matches(value) ?? spec.IsPresent
                : _value is null && !spec.IsPresent;
    }
}
