// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>
/// What becomes of request headers with an underscore in their name, which servers of the CGI kind cannot tell from a hyphen
/// (Envoy <c>HttpProtocolOptions.headers_with_underscores_action</c>).
/// </summary>
public enum HeadersWithUnderscores : byte
{
    /// <summary>They are like others: the default.</summary>
    Allow,

    /// <summary>HTTP/1 gets 400; in HTTP/2 the stream is reset.</summary>
    RejectRequest,

    /// <summary>They are left out.</summary>
    DropHeader,
}
