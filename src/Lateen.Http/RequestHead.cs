// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>
/// The head of a request, the same for every protocol version. Owned by one exchange and reused: the codec fills it,
/// filters and the router change it, the upstream's codec writes it. All text is ASCII bytes inside <see cref="Headers"/>.
/// </summary>
/// <remarks>
/// There is no "host" line in <see cref="Headers"/>: codecs move it to <see cref="Authority"/> and write it back.
/// Hop-by-hop fields (RFC 9110 §7.6.1) are interpreted and dropped by the codec that reads.
/// </remarks>
public sealed class RequestHead
{
    private TextRange _method;
    private TextRange _scheme;
    private TextRange _authority;
    private TextRange _path;

    /// <summary>The header lines; also the storage of the properties below.</summary>
    public HeaderMap Headers { get; } = new();

    /// <summary>As <c>GET</c>; case matters (RFC 9110 §9.1).</summary>
    public ReadOnlySpan<byte> Method => Headers.Text(_method);

    /// <summary>
    /// <c>http</c> or <c>https</c>; empty where the request does not say, as HTTP/1 without the absolute form: the
    /// transport tells.
    /// </summary>
    public ReadOnlySpan<byte> Scheme => Headers.Text(_scheme);

    /// <summary>Host and optional port, as the client wrote it.</summary>
    public ReadOnlySpan<byte> Authority => Headers.Text(_authority);

    /// <summary>Path and query, as <c>/a?b=c</c>; <c>*</c> for <c>OPTIONS *</c>; empty for CONNECT.</summary>
    public ReadOnlySpan<byte> Path => Headers.Text(_path);

    /// <summary><see cref="Path"/> without the query.</summary>
    public ReadOnlySpan<byte> PathWithoutQuery
    {
        get
        {
            var path = Path;
            var query = path.IndexOf((byte)'?');
            return query < 0 ? path : path[..query];
        }
    }

    /// <summary>Minor and major version as the client spoke it.</summary>
    public HttpVersion Version { get; set; }

    public void SetMethod(ReadOnlySpan<byte> method) => _method = Headers.Store(method);

    public void SetScheme(ReadOnlySpan<byte> scheme) => _scheme = Headers.Store(scheme);

    public void SetAuthority(ReadOnlySpan<byte> authority) => _authority = Headers.Store(authority);

    public void SetPath(ReadOnlySpan<byte> path) => _path = Headers.Store(path);

    /// <summary>Makes this head say what another one does.</summary>
    public void CopyFrom(RequestHead other)
    {
        Clear();
        SetMethod(other.Method);
        SetScheme(other.Scheme);
        SetAuthority(other.Authority);
        SetPath(other.Path);
        for (var i = 0; i < other.Headers.Count; i++)
        {
            if (!other.Headers[i].IsRemoved)
                Headers.AddCanonical(other.Headers[i].Id, other.Headers.Name(i), other.Headers.Value(i));
        }
        Version = other.Version;
    }

    /// <summary>Makes the head empty for its next request; keeps its memory.</summary>
    public void Clear()
    {
        Headers.Clear();
        _method = _scheme = _authority = _path = default;
        Version = HttpVersion.Http11;
    }
}

/// <summary>Protocol versions that the data plane speaks.</summary>
public enum HttpVersion : byte
{
    Http10,
    Http11,
    Http2,
}
