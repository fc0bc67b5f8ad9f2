// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;

namespace Lateen.Http.Http1;

/// <summary>
/// Reads the header lines of a head into a <see cref="HeaderMap"/>, and what they say about framing and the connection.
/// Lines that concern only this connection (RFC 9110 §7.6.1) are interpreted and not passed on.
/// </summary>
internal struct HeaderSection
{
    /// <summary>Connection options of one line: 9, as Envoy.</summary>
    private const int MaxOptions = 9;

    private readonly HeaderMap _headers;
    private bool _hasConnection;
    private int _http2SettingsLines;
    private bool _namesHttp2Settings;

    public HeaderSection(HeaderMap headers)
    {
        _headers = headers;
        ContentLength = -1;
    }

    /// <summary>-1 when there is none.</summary>
    public long ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    public bool HasHost { get; private set; }

    public TextRange Host { get; private set; }

    public bool ConnectionClose { get; private set; }

    public bool ConnectionKeepAlive { get; private set; }

    /// <summary>Both <c>connection: upgrade</c> and an Upgrade line, which then stays in the map.</summary>
    public bool IsUpgrade { get; private set; }

    /// <summary>Value of the one HTTP2-Settings line, which is not in the map any more; empty without.</summary>
    public TextRange Http2Settings { get; private set; }

    /// <summary>There is one HTTP2-Settings line, and Connection names it (RFC 7540 §3.2.1).</summary>
    public readonly bool HasHttp2Settings => _http2SettingsLines == 1 && _namesHttp2Settings;

    public bool ExpectContinue { get; private set; }

    /// <summary>Lines left out for the underscore in their name.</summary>
    public int DroppedLines { get; private set; }

    /// <summary>Reads lines up to the empty one. They are known to be complete and to end in CRLF.</summary>
    public Http1Fault Read(ReadOnlySpan<byte> lines, Http1Limits limits)
    {
        // Fields are made of them where they will stay, so that all are copied at once.
        var at = _headers.StoreLines(lines);
        while (!_headers.Stored(at).StartsWith("\r\n"u8))
        {
            if (_headers.Count >= limits.MaxHeaderCount)
                return Http1Fault.TooManyHeaders;
            if (ReadLine(ref at, limits.HeadersWithUnderscores) is var fault and not Http1Fault.None)
                return fault;
        }
        if (IsChunked && ContentLength >= 0)
            return Http1Fault.ContentLengthWithTransferEncoding;
        return DropHopByHop();
    }

    /// <summary>Each byte is looked at once: the name ends where no token goes on, the value where its line does.</summary>
    private Http1Fault ReadLine(ref int at, HeadersWithUnderscores underscores)
    {
        var line = _headers.Stored(at);
        if (line[0] is (byte)' ' or (byte)'\t')
            return Http1Fault.ObsoleteLineFolding;
        var nameLength = FieldName.ToLower(line);
        if (nameLength == 0 || line[nameLength] != ':')
            return Http1Fault.InvalidHeaderName;
        // Nearly everybody puts one space there, so it is not left to trimming.
        var start = line[nameLength + 1] == ' ' ? nameLength + 2 : nameLength + 1;
        var end = start + HttpSyntax.FieldValueLength(line[start..]);
        if (line[end] != '\r' || line[end + 1] != '\n')
            return Http1Fault.InvalidHeaderValue;
        var offset = at;
        at += end + 2;
        if (underscores != HeadersWithUnderscores.Allow && line[..nameLength].Contains((byte)'_'))
        {
            if (underscores == HeadersWithUnderscores.RejectRequest)
                return Http1Fault.UnderscoreInHeaderName;
            DroppedLines++;
            return Http1Fault.None;
        }
        var value = HttpSyntax.TrimWhiteSpace(line[start..end]);
        var index = _headers.Count;
        var id =
            start == nameLength + 2 && value.Length == end - start
                ? _headers.AddStored(offset, nameLength, value.Length)
                : _headers.AddRespaced(line[..nameLength], value);
        return id == KnownHeader.Other ? Http1Fault.None : Interpret(id, value, index);
    }

    private Http1Fault Interpret(KnownHeader id, ReadOnlySpan<byte> value, int index)
    {
        switch (id)
        {
            case KnownHeader.Host:
                return TakeHost(value, index);
            case KnownHeader.ContentLength:
                return TakeContentLength(value, index);
            case KnownHeader.TransferEncoding:
                if (IsChunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
                    return Http1Fault.UnsupportedTransferEncoding;
                IsChunked = true;
                _headers.RemoveAt(index);
                return Http1Fault.None;
            case KnownHeader.Connection:
                _hasConnection = true;
                return Http1Fault.None;
            case KnownHeader.KeepAlive or KnownHeader.ProxyConnection:
                _headers.RemoveAt(index);
                return Http1Fault.None;
            case KnownHeader.Http2Settings:
                _http2SettingsLines++;
                Http2Settings = _headers.ValueRange(index);
                _headers.RemoveAt(index);
                return Http1Fault.None;
            case KnownHeader.Te when !Ascii.EqualsIgnoreCase(value, "trailers"u8):
                _headers.RemoveAt(index);
                return Http1Fault.None;
            case KnownHeader.Expect:
                ExpectContinue |= Ascii.EqualsIgnoreCase(value, "100-continue"u8);
                return Http1Fault.None;
            default:
                return Http1Fault.None;
        }
    }

    private Http1Fault TakeHost(ReadOnlySpan<byte> value, int index)
    {
        if (HasHost)
            return Http1Fault.RepeatedHost;
        if (value.IsEmpty)
            return Http1Fault.MissingHost;
        if (!HttpSyntax.IsAuthority(value))
            return Http1Fault.InvalidHost;
        HasHost = true;
        Host = _headers.ValueRange(index);
        _headers.RemoveAt(index);
        return Http1Fault.None;
    }

    private Http1Fault TakeContentLength(ReadOnlySpan<byte> value, int index)
    {
        // Eighteen digits always fit into 63 bits; the parser would also take a sign, so digits are looked for first.
        if (ContentLength >= 0 || value.Length > 18 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Http1Fault.InvalidContentLength;
        if (!Utf8Parser.TryParse(value, out long length, out _))
            return Http1Fault.InvalidContentLength;
        ContentLength = length;
        _headers.RemoveAt(index);
        return Http1Fault.None;
    }

    private Http1Fault DropHopByHop()
    {
        if (_hasConnection)
        {
            for (var i = 0; i < _headers.Count; i++)
            {
                if (_headers[i].Id != KnownHeader.Connection || _headers[i].IsRemoved)
                    continue;
                if (!TryReadOptions(_headers.Value(i)))
                    return Http1Fault.NominatedHeader;
            }
            _headers.Remove(KnownHeader.Connection);
        }
        if (!IsUpgrade)
            _headers.Remove(KnownHeader.Upgrade);
        return Http1Fault.None;
    }

    /// <summary>Drops the lines that the peer nominates as for this connection only; false when it must not (as in Envoy).</summary>
    private bool TryReadOptions(ReadOnlySpan<byte> options)
    {
        // What nearly every such line says.
        if (Ascii.EqualsIgnoreCase(options, "keep-alive"u8))
            return ConnectionKeepAlive = true;
        if (Ascii.EqualsIgnoreCase(options, "close"u8))
            return ConnectionClose = true;
        Span<byte> lower = stackalloc byte[128];
        var count = 0;
        foreach (var range in options.Split((byte)','))
        {
            var option = HttpSyntax.TrimWhiteSpace(options[range]);
            if (++count > MaxOptions)
                return false;
            if (option.IsEmpty || option.Length > lower.Length)
                continue;
            Ascii.ToLower(option, lower, out var length);
            if (!TryTakeOption(lower[..length]))
                return false;
        }
        return true;
    }

    private bool TryTakeOption(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("close"u8))
            ConnectionClose = true;
        else if (name.SequenceEqual("keep-alive"u8))
            ConnectionKeepAlive = true;
        else if (name.SequenceEqual("upgrade"u8))
            IsUpgrade = _headers.Contains(KnownHeader.Upgrade);
        else if (name.SequenceEqual("http2-settings"u8))
            _namesHttp2Settings = true;
        else if (name.StartsWith(":"u8) || IsWhatProxiesGoBy(name))
            return false;
        else if (!name.SequenceEqual("te"u8) && !name.SequenceEqual("connection"u8))
            _headers.Remove(name); // TE has no other value left than "trailers", which is passed on
        return true;
    }

    /// <summary>Dropping them would hide where a request comes from.</summary>
    private static bool IsWhatProxiesGoBy(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("x-forwarded-for"u8)
        || name.SequenceEqual("x-forwarded-host"u8)
        || name.SequenceEqual("x-forwarded-proto"u8);
}
