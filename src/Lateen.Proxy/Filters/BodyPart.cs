// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;

namespace Lateen.Proxy.Filters;

/// <summary>A run of a body on its way through the filters; the last one has no bytes when it comes, and the trailers.</summary>
/// <param name="data">Valid for the call only.</param>
/// <param name="trailers">Null before the end.</param>
public ref struct BodyPart(ReadOnlySpan<byte> data, HeaderMap? trailers)
{
    /// <summary>What goes on. A filter may put other bytes in place, which have to stay as they are until its next call.</summary>
    public ReadOnlySpan<byte> Data { get; set; } = data;

    /// <summary>The message ends with this part.</summary>
    public readonly bool IsEnd => Trailers is not null;

    /// <summary>With the last part, the message's trailers, perhaps without a line; not for a filter to change.</summary>
    public HeaderMap? Trailers { get; } = trailers;

    /// <summary>Set by a filter: the trailers do not go on.</summary>
    public bool DropsTrailers { get; set; }
}
