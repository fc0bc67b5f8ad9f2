// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>How much of a peer's head or framing is read before it is refused. Defaults are Envoy's unless said otherwise.</summary>
public sealed record Http1Limits
{
    public static Http1Limits Default { get; } = new();

    /// <summary>Bytes of a head, start line and final empty line included: 60 KiB (<c>max_request_headers_kb</c>).</summary>
    public int MaxHeadBytes { get; init; } = 60 * 1024;

    /// <summary>Header lines of a head or a trailer section: 100 (<c>max_headers_count</c>).</summary>
    public int MaxHeaderCount { get; init; } = 100;

    /// <summary>Bytes of a chunk-size line with its extensions: 4 KiB, ours; nobody uses extensions but attackers.</summary>
    public int MaxChunkLineBytes { get; init; } = 4 * 1024;

    /// <summary>Whether HTTP/1.0 clients are served (<c>accept_http_10</c>).</summary>
    public bool AcceptHttp10 { get; init; } = true;

    /// <summary>What becomes of header names with an underscore.</summary>
    public HeadersWithUnderscores HeadersWithUnderscores { get; init; }
}
