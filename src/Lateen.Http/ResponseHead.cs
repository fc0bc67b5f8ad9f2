// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>The head of a response, the same for every protocol version. Owned by one exchange and reused.</summary>
public sealed class ResponseHead
{
    public HeaderMap Headers { get; } = new();

    /// <summary>100 to 999.</summary>
    public int Status { get; set; }

    public HttpVersion Version { get; set; }

    public void Clear()
    {
        Headers.Clear();
        Status = 0;
        Version = HttpVersion.Http11;
    }
}
