// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Lateen.Http;

namespace Lateen.Proxy.Http;

/// <summary>
/// What the WebSocket handshake has in HTTP/1.1 alone (RFC 6455 §1.3) and HTTP/2 leaves out (RFC 8441 §5): the key that a
/// client sends, and the proof that a server answers it with.
/// </summary>
internal static class WebSocketBridge
{
    private const int KeyBytes = 16;
    private const int KeyLength = 24;
    private const int AcceptLength = 28;

    private static ReadOnlySpan<byte> KeyName => "sec-websocket-key"u8;

    private static ReadOnlySpan<byte> AcceptName => "sec-websocket-accept"u8;

    /// <summary>RFC 6455 §1.3.</summary>
    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Gives a request that came without a key the one that a server of HTTP/1.1 wants; it is no secret.</summary>
    public static void CompleteRequest(RequestHead request, bool toHttp2, ulong random0, ulong random1)
    {
        if (toHttp2 || !IsWebSocket(request) || request.Headers.TryGet(KeyName, out _))
            return;
        Span<byte> key = stackalloc byte[KeyBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(key, random0);
        BinaryPrimitives.WriteUInt64LittleEndian(key[8..], random1);
        Span<byte> text = stackalloc byte[KeyLength];
        Base64.EncodeToUtf8(key, text, out _, out _);
        request.Headers.Add(KeyName, text);
    }

    /// <summary>Gives a client of HTTP/1.1 the proof it waits for, and one of HTTP/2 none.</summary>
    public static void CompleteResponse(RequestHead request, ResponseHead response)
    {
        if (response.Status != 101)
            return;
        CompleteUpgrade(request, response);
        if (!IsWebSocket(request))
            return;
        if (request.Version == HttpVersion.Http2)
            response.Headers.Remove(AcceptName);
        else if (!response.Headers.TryGet(AcceptName, out _) && request.Headers.TryGet(KeyName, out var key))
            AddAccept(key, response.Headers);
    }

    /// <summary>A client of HTTP/1.1 is told what it switched to, which one of HTTP/2 knows (RFC 9110 §7.8).</summary>
    private static void CompleteUpgrade(RequestHead request, ResponseHead response)
    {
        if (request.Version == HttpVersion.Http2 || response.Headers.Contains(KnownHeader.Upgrade))
            return;
        if (request.Headers.TryGet(KnownHeader.Upgrade, out var type))
            response.Headers.Add(KnownHeader.Upgrade, type);
    }

    private static void AddAccept(ReadOnlySpan<byte> key, HeaderMap headers)
    {
        if (key.Length != KeyLength)
            return;
        Span<byte> input = stackalloc byte[KeyLength + 36];
        key.CopyTo(input);
        Guid.CopyTo(input[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol's own choice (RFC 6455 §4.2.2); nothing is kept secret with it.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        Span<byte> text = stackalloc byte[AcceptLength];
        Base64.EncodeToUtf8(hash, text, out _, out _);
        headers.Add(AcceptName, text);
    }

    private static bool IsWebSocket(RequestHead request) =>
        request.Headers.TryGet(KnownHeader.Upgrade, out var upgrade)
        && System.Text.Ascii.EqualsIgnoreCase(upgrade, "websocket"u8);
}
