// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>How the end of a message's body is found (RFC 9112 §6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>The body has a known number of bytes.</summary>
    ContentLength,

    /// <summary>The body comes in chunks, perhaps with trailers.</summary>
    Chunked,

    /// <summary>The body ends with the connection: responses only.</summary>
    UntilClose,
}

/// <summary>Outcome of a parser that takes a whole head or nothing.</summary>
public enum ParseStatus : byte
{
    NeedMore,
    Complete,
    Fault,
}

/// <summary>Outcome of one step of <see cref="Http1BodyReader"/>.</summary>
public enum BodyStatus : byte
{
    /// <summary>All that can be told of the input so far was taken; more bytes are needed.</summary>
    NeedMore,

    /// <summary>Payload was found. The body may be complete with it.</summary>
    Data,

    /// <summary>The body has ended.</summary>
    Complete,

    Fault,
}
