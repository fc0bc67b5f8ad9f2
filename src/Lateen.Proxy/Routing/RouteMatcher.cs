// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
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
        _headers = new HeaderCondition[spec.Headers.Count];
        for (var i = 0; i < _headers.Length; i++)
            _headers[i] = new HeaderCondition(spec.Headers[i]);
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

    private sealed class HeaderCondition(HeaderMatchSpec spec)
    {
        private readonly byte[] _name = Encoding.ASCII.GetBytes(spec.Name);
        private readonly ByteMatcher? _value = spec.Value is null ? null : new ByteMatcher(spec.Value);

        public bool IsMet(RequestHead request)
        {
            var found = TryGet(request, out var value);
            // A header that is not there meets no comparison, and so meets every inverted one (as Istio's withoutHeaders wants).
            if (!found && !spec.TreatMissingAsEmpty)
                return spec.Invert;
            bool met;
            if (_value is not null)
                met = _value.Matches(value);
            else if (spec.Range is { } range)
                met =
                    Utf8Parser.TryParse(value, out long number, out var used)
                    && used == value.Length
                    && number >= range.Start
                    && number < range.End;
            else
                met = true;
            return met != spec.Invert;
        }

        private bool TryGet(RequestHead request, out ReadOnlySpan<byte> value)
        {
            if (_name[0] == ':')
            {
                value =
                    spec.Name == ":method" ? request.Method
                    : spec.Name == ":path" ? request.Path
                    : spec.Name == ":authority" ? request.Authority
                    : spec.Name == ":scheme" ? request.Scheme
                    : default;
                return !value.IsEmpty;
            }
            if (spec.Name == "host")
            {
                value = request.Authority;
                return !value.IsEmpty;
            }
            var headers = request.Headers;
            var first = headers.IndexOf(_name);
            value = first < 0 ? default : headers.Value(first);
            if (first < 0 || headers.IndexOf(_name, first + 1) is var second && second < 0)
                return first >= 0;
            value = Join(headers, first, second);
            return true;
        }

        /// <summary>Several lines count as one with commas between (RFC 9110 §5.3). Rare enough to allocate.</summary>
        private byte[] Join(HeaderMap headers, int first, int second)
        {
            var joined = new List<byte>(headers.Value(first).ToArray());
            for (var i = second; i >= 0; i = headers.IndexOf(_name, i + 1))
            {
                joined.Add((byte)',');
                joined.AddRange(headers.Value(i));
            }
            return joined.ToArray();
        }
    }

    private sealed class QueryCondition(QueryMatchSpec spec)
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(spec.Name);
        private readonly ByteMatcher? _value = spec.Value is null ? null : new ByteMatcher(spec.Value);

        public bool IsMet(ReadOnlySpan<byte> query)
        {
            foreach (var range in query.Split((byte)'&'))
            {
                var parameter = query[range];
                var equals = parameter.IndexOf((byte)'=');
                var name = equals < 0 ? parameter : parameter[..equals];
                if (!name.SequenceEqual(_name))
                    continue;
                // The first parameter of the name decides, as in Envoy.
                return _value is null || _value.Matches(equals < 0 ? default : parameter[(equals + 1)..]);
            }
            return false;
        }
    }
}
