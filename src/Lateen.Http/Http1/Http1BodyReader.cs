// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>
/// Takes a message's body off the input, step by step, free of its framing.
/// <code>
/// chunked:  Size ──► Data ──► DataEnd ──► Size …        size 0: Size ──► Trailers ──► Done
/// others:   Data ──► Done
/// </code>
/// A value: a copy taken before a step can replay it.
/// </summary>
public struct Http1BodyReader
{
    private readonly BodyFraming _framing;
    private readonly int _maxLine;
    private readonly int _maxTrailers;
    private long _remaining;
    private Step _step;

    public Http1BodyReader(BodyFraming framing, long contentLength, Http1Limits limits)
    {
        _framing = framing;
        _maxLine = limits.MaxChunkLineBytes;
        _maxTrailers = limits.MaxHeaderCount;
        _remaining = framing == BodyFraming.ContentLength ? contentLength : 0;
        _step = framing switch
        {
            BodyFraming.None => Step.Done,
            BodyFraming.Chunked => Step.Size,
            _ => _remaining == 0 && framing == BodyFraming.ContentLength ? Step.Done : Step.Data,
        };
    }

    private enum Step : byte
    {
        Size,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    private readonly Http1Fault TooLarge => _step == Step.Trailers ? Http1Fault.HeadTooLarge : Http1Fault.InvalidChunk;

    public readonly bool IsComplete => _step == Step.Done;

    /// <summary>Takes framing and at most one run of payload.</summary>
    /// <param name="trailers">Where trailer lines go; null drops them.</param>
    /// <param name="maxPayload">Payload bytes to take at the most.</param>
    /// <param name="consumed">Bytes taken, payload included.</param>
    /// <param name="payload">Body bytes: a part of <paramref name="input"/>.</param>
    public BodyStatus Read(
        ReadOnlySpan<byte> input,
        HeaderMap? trailers,
        int maxPayload,
        out int consumed,
        out ReadOnlySpan<byte> payload,
        out Http1Fault fault
    )
    {
        consumed = 0;
        payload = default;
        fault = Http1Fault.None;
        while (true)
        {
            switch (_step)
            {
                case Step.Done:
                    return BodyStatus.Complete;
                case Step.Data:
                    return ReadData(input, maxPayload, ref consumed, out payload);
                default:
                    if (!TakeLine(input, ref consumed, out var line, out fault))
                        return fault == Http1Fault.None ? BodyStatus.NeedMore : BodyStatus.Fault;
                    fault = OnLine(line, trailers);
                    if (fault != Http1Fault.None)
                        return BodyStatus.Fault;
                    break;
            }
        }
    }

    /// <summary>Tells that the peer ended its side; a body that ends with the connection is complete then.</summary>
    public Http1Fault OnEndOfStream()
    {
        if (_step == Step.Done)
            return Http1Fault.None;
        if (_framing != BodyFraming.UntilClose)
            return Http1Fault.PrematureEnd;
        _step = Step.Done;
        return Http1Fault.None;
    }

    private BodyStatus ReadData(
        ReadOnlySpan<byte> input,
        int maxPayload,
        scoped ref int consumed,
        out ReadOnlySpan<byte> payload
    )
    {
        payload = input[consumed..];
        if (payload.Length > maxPayload)
            payload = payload[..maxPayload];
        if (_framing != BodyFraming.UntilClose)
        {
            if (payload.Length > _remaining)
                payload = payload[..(int)_remaining];
            _remaining -= payload.Length;
            if (_remaining == 0)
                _step = _framing == BodyFraming.Chunked ? Step.DataEnd : Step.Done;
        }
        consumed += payload.Length;
        return payload.IsEmpty ? BodyStatus.NeedMore : BodyStatus.Data;
    }

    private readonly bool TakeLine(
        ReadOnlySpan<byte> input,
        scoped ref int consumed,
        out ReadOnlySpan<byte> line,
        out Http1Fault fault
    )
    {
        line = default;
        var rest = input[consumed..];
        var end = rest.IndexOf((byte)'\n');
        fault =
            end < 0 ? (rest.Length > _maxLine ? TooLarge : Http1Fault.None)
            : end == 0 || rest[end - 1] != '\r' ? Http1Fault.BareLineBreak
            : end > _maxLine ? TooLarge
            : Http1Fault.None;
        if (end < 0 || fault != Http1Fault.None)
            return false;
        line = rest[..(end - 1)];
        consumed += end + 1;
        return true;
    }

    private Http1Fault OnLine(ReadOnlySpan<byte> line, HeaderMap? trailers)
    {
        switch (_step)
        {
            case Step.Size:
                if (!TryParseSize(line, out _remaining))
                    return Http1Fault.InvalidChunk;
                _step = _remaining == 0 ? Step.Trailers : Step.Data;
                return Http1Fault.None;
            case Step.DataEnd:
                _step = Step.Size;
                return line.IsEmpty ? Http1Fault.None : Http1Fault.InvalidChunk;
            default:
                if (!line.IsEmpty)
                    return ReadTrailer(line, trailers);
                _step = Step.Done;
                return Http1Fault.None;
        }
    }

    /// <summary>RFC 9112 §7.1: hexadecimal digits, then perhaps extensions, which nobody may rely on and we drop.</summary>
    private static bool TryParseSize(ReadOnlySpan<byte> line, out long size)
    {
        size = 0;
        var digits = 0;
        while (digits < line.Length && HexValue(line[digits]) is var value and >= 0)
        {
            if (size >> 58 != 0)
                return false;
            size = (size << 4) | (long)value;
            digits++;
        }
        if (digits == 0)
            return false;
        var extensions = HttpSyntax.TrimWhiteSpace(line[digits..]);
        return extensions.IsEmpty ? digits == line.Length : extensions[0] == ';' && HttpSyntax.IsFieldValue(extensions);
    }

    /// <summary>
    /// RFC 9110 §6.5.1: fields that frame, route or authenticate have no place in trailers; they are dropped.
    /// </summary>
    private readonly Http1Fault ReadTrailer(ReadOnlySpan<byte> line, HeaderMap? trailers)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
            return Http1Fault.ObsoleteLineFolding;
        var colon = line.IndexOf((byte)':');
        if (colon < 0 || !HttpSyntax.IsToken(line[..colon]))
            return Http1Fault.InvalidHeaderName;
        var value = HttpSyntax.TrimWhiteSpace(line[(colon + 1)..]);
        if (!HttpSyntax.IsFieldValue(value))
            return Http1Fault.InvalidHeaderValue;
        if (trailers is null)
            return Http1Fault.None;
        if (trailers.Count >= _maxTrailers)
            return Http1Fault.TooManyHeaders;
        var index = trailers.Count;
        trailers.Add(line[..colon], value);
        if (!Trailers.IsAllowed(trailers, index))
            trailers.RemoveAt(index);
        return Http1Fault.None;
    }

    private static int HexValue(byte character) =>
        character switch
        {
            >= (byte)'0' and <= (byte)'9' => character - '0',
            >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
            _ => -1,
        };
}
