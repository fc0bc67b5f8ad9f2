// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Http;

/// <summary>How much body follows a message's head, whatever the protocol says it with.</summary>
/// <param name="Bytes">
/// Length of a <see cref="BodyKind.Known"/> body. With <see cref="BodyKind.None"/> the length to announce all the same, as
/// in answers to HEAD; -1 for none.
/// </param>
internal readonly record struct BodyLength(BodyKind Kind, long Bytes = -1)
{
    public static BodyLength None => new(BodyKind.None);

    public static BodyLength Unknown => new(BodyKind.Unknown);

    public static BodyLength Tunnel => new(BodyKind.Tunnel);

    public static BodyLength Known(long bytes) => new(BodyKind.Known, bytes);
}

/// <summary>See <see cref="BodyLength"/>.</summary>
internal enum BodyKind : byte
{
    /// <summary>The head is the whole message.</summary>
    None,

    /// <summary>A number of bytes that is known from the start.</summary>
    Known,

    /// <summary>The end shows when it comes: chunks, frames or the end of the connection.</summary>
    Unknown,

    /// <summary>No body, but bytes of another protocol once both sides have agreed.</summary>
    Tunnel,
}
