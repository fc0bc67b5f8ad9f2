// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http.Hpack;
using Lateen.Http.Http1;

namespace Lateen.Http.Http2.Heads;

/// <summary>Builds a <see cref="RequestHead"/> of fields, and refuses what RFC 9113 §8.2 and §8.3.1 call malformed.</summary>
internal ref struct RequestSink : IFieldSink
{
    private readonly RequestHead _head;
    private readonly Http2Options _options;
    private FieldCounter _counter;
    private MessageFields _fields;
    private TextRange _host;
    private TextRange _protocol;
    private byte _seen;
    private bool _hasOrdinary;
    private bool _hasHost;

    public RequestSink(RequestHead head, Http2Options options)
    {
        head.Clear();
        head.Version = HttpVersion.Http2;
        _head = head;
        _options = options;
        _counter = new FieldCounter(options);
        _fields = new MessageFields(head.Headers);
    }

    /// <summary>The first thing that was wrong.</summary>
    public Http2Fault Fault { get; private set; }

    public readonly long ContentLength => _fields.ContentLength;

    /// <summary>Fields left out for the underscore in their name.</summary>
    public int Dropped { get; private set; }

    public readonly bool ExpectsContinue => _fields.ExpectsContinue;

    /// <summary>An extended CONNECT (RFC 8441), which the head has as an upgrade.</summary>
    public bool IsUpgrade { get; private set; }

    public void OnField(scoped in HpackField field)
    {
        if (Fault != Http2Fault.None)
            return;
        Fault = _counter.Check(field);
        if (Fault == Http2Fault.None)
            Fault = field.Pseudo == PseudoHeader.None ? TakeField(field) : TakePseudo(field.Pseudo, field.Value);
    }

    /// <summary>All fields are there: does the head have what it needs?</summary>
    public Http2Fault Complete()
    {
        if (Fault != Http2Fault.None)
            return Fault;
        Fault = CheckAuthority();
        if (Fault == Http2Fault.None)
            Fault = _head.Method.SequenceEqual("CONNECT"u8) ? CheckConnect() : CheckOrdinary();
        if (Fault == Http2Fault.None && _head.Headers.Contains(KnownHeader.Cookie))
            _head.Headers.Join(KnownHeader.Cookie, "; "u8); // RFC 9113 §8.2.3
        return Fault;
    }

    private readonly bool Has(PseudoHeader pseudo) => (_seen & (1 << (int)pseudo)) != 0;

    private Http2Fault TakeField(scoped in HpackField field)
    {
        _hasOrdinary = true;
        if (
            _options.HeadersWithUnderscores != HeadersWithUnderscores.Allow
            && field.Id == KnownHeader.Other
            && field.Name.Contains((byte)'_')
        )
        {
            if (_options.HeadersWithUnderscores == HeadersWithUnderscores.RejectRequest)
                return Http2Fault.UnderscoreInHeaderName;
            Dropped++;
            return Http2Fault.None;
        }
        if (field.Id != KnownHeader.Host)
            return _fields.Add(field);
        if (_hasHost || !HttpSyntax.IsAuthority(field.Value))
            return Http2Fault.InvalidAuthority;
        _hasHost = true;
        _host = _head.Headers.Store(field.Value);
        return Http2Fault.None;
    }

    private Http2Fault TakePseudo(PseudoHeader pseudo, ReadOnlySpan<byte> value)
    {
        if (_hasOrdinary)
            return Http2Fault.MisplacedPseudoHeader;
        if (Has(pseudo))
            return Http2Fault.RepeatedPseudoHeader;
        _seen |= (byte)(1 << (int)pseudo);
        switch (pseudo)
        {
            case PseudoHeader.Method:
                _head.SetMethod(value);
                return HttpSyntax.IsToken(value) ? Http2Fault.None : Http2Fault.InvalidMethod;
            case PseudoHeader.Path:
                _head.SetPath(value);
                return HttpSyntax.IsTarget(value) ? Http2Fault.None : Http2Fault.InvalidPath;
            case PseudoHeader.Authority:
                _head.SetAuthority(value);
                return value.IsEmpty || HttpSyntax.IsAuthority(value) ? Http2Fault.None : Http2Fault.InvalidAuthority;
            case PseudoHeader.Scheme:
                return TakeScheme(value);
            case PseudoHeader.Protocol when _options.AllowConnect && HttpSyntax.IsProtocol(value):
                _protocol = _head.Headers.Store(value);
                return Http2Fault.None;
            default:
                return Http2Fault.InvalidPseudoHeader;
        }
    }

    private readonly Http2Fault TakeScheme(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "http"u8))
            _head.SetScheme("http"u8);
        else if (Ascii.EqualsIgnoreCase(value, "https"u8))
            _head.SetScheme("https"u8);
        else
            return Http2Fault.InvalidScheme;
        return Http2Fault.None;
    }

    /// <summary>RFC 9113 §8.3.1: Host stands in for a missing :authority, and must not contradict it.</summary>
    private readonly Http2Fault CheckAuthority()
    {
        if (!_hasHost)
            return Http2Fault.None;
        var host = _head.Headers.Text(_host);
        if (_head.Authority.IsEmpty)
            _head.SetAuthority(host);
        else if (!Ascii.EqualsIgnoreCase(_head.Authority, host))
            return Http2Fault.HostMismatch;
        return Http2Fault.None;
    }

    private readonly Http2Fault CheckOrdinary()
    {
        if (!Has(PseudoHeader.Method) || !Has(PseudoHeader.Scheme) || !Has(PseudoHeader.Path))
            return Http2Fault.MissingPseudoHeader;
        if (Has(PseudoHeader.Protocol))
            return Http2Fault.InvalidPseudoHeader;
        var path = _head.Path;
        var isAsterisk = path.Length == 1 && path[0] == '*' && _head.Method.SequenceEqual("OPTIONS"u8);
        return path[0] == '/' || isAsterisk ? Http2Fault.None : Http2Fault.InvalidPath;
    }

    private Http2Fault CheckConnect()
    {
        if (_head.Authority.IsEmpty)
            return Http2Fault.MissingPseudoHeader;
        // RFC 9113 §8.5: neither :scheme nor :path; RFC 8441 §4: with :protocol, both.
        var isExtended = Has(PseudoHeader.Protocol);
        if (Has(PseudoHeader.Scheme) != isExtended || Has(PseudoHeader.Path) != isExtended)
            return Http2Fault.MissingPseudoHeader;
        if (!isExtended)
            return Http2Fault.None;
        if (_head.Path[0] != '/')
            return Http2Fault.InvalidPath;
        IsUpgrade = true;
        _head.SetMethod("GET"u8);
        _head.Headers.Add(KnownHeader.Upgrade, _head.Headers.Text(_protocol));
        return Http2Fault.None;
    }
}
