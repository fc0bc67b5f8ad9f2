// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Lateen.Proxy.Listeners.Inspectors;

/// <summary>What a client says first under TLS (RFC 8446 §4.1.2), as far as it chooses a filter chain.</summary>
/// <param name="ServerName">SNI in lower case; empty for none.</param>
/// <param name="Protocols">ALPN in the client's order; empty for none.</param>
internal sealed record ClientHello(string ServerName, IReadOnlyList<string> Protocols)
{
    /// <summary>Its JA3 fingerprint, where that was asked for; else empty.</summary>
    public string Ja3 { get; init; } = "";

    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;
    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const int MaxRecord = 16 * 1024;
    private const int ServerNameExtension = 0;
    private const int AlpnExtension = 16;

    /// <summary>
    /// Reads a ClientHello that may be spread over several records. The bytes are overwritten: the records' content is
    /// moved together in place.
    /// </summary>
    public static ClientHelloStatus TryRead(Span<byte> bytes, bool makesJa3, out ClientHello? hello)
    {
        hello = null;
        var status = Join(bytes, out var message);
        if (status != ClientHelloStatus.Complete)
            return status;
        hello = Parse(message);
        if (hello is null)
            return ClientHelloStatus.NotTls;
        if (makesJa3)
            hello = hello with { Ja3 = Ja3Fingerprint.Of(message) };
        return ClientHelloStatus.Complete;
    }

    /// <summary>Joins the handshake message's pieces; complete once the first message is whole.</summary>
    private static ClientHelloStatus Join(Span<byte> bytes, out ReadOnlySpan<byte> message)
    {
        message = default;
        var joined = 0;
        for (var at = 0; ; )
        {
            var rest = bytes[at..];
            if (rest.Length > 0 && rest[0] != HandshakeRecord || rest.Length > 1 && rest[1] != 3)
                return ClientHelloStatus.NotTls;
            if (rest.Length < RecordHeader)
                return ClientHelloStatus.NeedMore;
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            if (length is 0 or > MaxRecord)
                return ClientHelloStatus.NotTls;
            var present = Math.Min(length, rest.Length - RecordHeader);
            rest.Slice(RecordHeader, present).CopyTo(bytes[joined..]);
            joined += present;
            if (joined > 0 && bytes[0] != ClientHelloMessage)
                return ClientHelloStatus.NotTls;
            if (joined >= MessageHeader)
            {
                var whole = MessageHeader + (bytes[1] << 16 | BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
                if (joined >= whole)
                {
                    message = bytes[MessageHeader..whole];
                    return ClientHelloStatus.Complete;
                }
            }
            if (present < length)
                return ClientHelloStatus.NeedMore;
            at += RecordHeader + length;
        }
    }

    /// <summary>Null when the message is malformed.</summary>
    private static ClientHello? Parse(ReadOnlySpan<byte> message)
    {
        const int VersionAndRandom = 2 + 32;
        if (message.Length < VersionAndRandom)
            return null;
        message = message[VersionAndRandom..];
        if (!SkipVector(ref message, 1) || !SkipVector(ref message, 2) || !SkipVector(ref message, 1))
            return null;
        var serverName = "";
        IReadOnlyList<string> protocols = [];
        if (message.IsEmpty)
            return new ClientHello(serverName, protocols);
        if (!TakeVector(ref message, 2, out var extensions))
            return null;
        while (!extensions.IsEmpty)
        {
            if (extensions.Length < 2)
                return null;
            var kind = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TakeVector(ref extensions, 2, out var content))
                return null;
            if (kind == ServerNameExtension && !TryReadServerName(content, out serverName))
                return null;
            if (kind == AlpnExtension && !TryReadProtocols(content, out protocols))
                return null;
        }
        return new ClientHello(serverName, protocols);
    }

    /// <summary>RFC 6066 §3: a list with one host name.</summary>
    private static bool TryReadServerName(ReadOnlySpan<byte> content, out string name)
    {
        name = "";
        if (!TakeVector(ref content, 2, out var list) || list.IsEmpty || list[0] != 0)
            return false;
        list = list[1..];
        if (!TakeVector(ref list, 2, out var host) || host.IsEmpty || host.Contains((byte)0))
            return false;
        name = Encoding.ASCII.GetString(host).ToLowerInvariant();
        return true;
    }

    /// <summary>RFC 7301 §3.1</summary>
    private static bool TryReadProtocols(ReadOnlySpan<byte> content, out IReadOnlyList<string> protocols)
    {
        var names = new List<string>();
        protocols = names;
        if (!TakeVector(ref content, 2, out var list))
            return false;
        while (!list.IsEmpty)
        {
            if (!TakeVector(ref list, 1, out var name) || name.IsEmpty)
                return false;
            names.Add(Encoding.UTF8.GetString(name));
        }
        return true;
    }

    private static bool SkipVector(ref ReadOnlySpan<byte> bytes, int lengthBytes) =>
        TakeVector(ref bytes, lengthBytes, out _);

    /// <summary>Takes off a vector, whose length stands before it in one byte or two.</summary>
    private static bool TakeVector(ref ReadOnlySpan<byte> bytes, int lengthBytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (bytes.Length < lengthBytes)
            return false;
        var length = lengthBytes == 1 ? bytes[0] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < lengthBytes + length)
            return false;
        content = bytes.Slice(lengthBytes, length);
        bytes = bytes[(lengthBytes + length)..];
        return true;
    }
}

/// <summary>What came of reading the first bytes.</summary>
internal enum ClientHelloStatus : byte
{
    NeedMore,
    Complete,

    /// <summary>Another protocol, or nothing that TLS would accept.</summary>
    NotTls,
}
