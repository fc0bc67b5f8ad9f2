// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;

namespace Lateen.Http.Http2.Heads;

/// <summary>Builds a <see cref="ResponseHead"/> of fields, and refuses what RFC 9113 §8.2 and §8.3.2 call malformed.</summary>
internal ref struct ResponseSink : IFieldSink
{
    private readonly ResponseHead _head;
    private FieldCounter _counter;
    private MessageFields _fields;
    private bool _hasOrdinary;

    public ResponseSink(ResponseHead head, Http2Options options)
    {
        head.Clear();
        head.Version = HttpVersion.Http2;
        _head = head;
        _counter = new FieldCounter(options);
        _fields = new MessageFields(head.Headers);
    }

    /// <summary>The first thing that was wrong.</summary>
    public Http2Fault Fault { get; private set; }

    public readonly long ContentLength => _fields.ContentLength;

    public void OnField(scoped in HpackField field)
    {
        if (Fault != Http2Fault.None)
            return;
        Fault = _counter.Check(field);
        if (Fault != Http2Fault.None)
            return;
        if (field.Pseudo == PseudoHeader.None)
        {
            _hasOrdinary = true;
            Fault = _fields.Add(field);
        }
        else
            Fault = TakePseudo(field.Pseudo, field.Value);
    }

    /// <summary>All fields are there: does the head have what it needs?</summary>
    public Http2Fault Complete()
    {
        if (Fault == Http2Fault.None && _head.Status == 0)
            Fault = Http2Fault.MissingPseudoHeader;
        return Fault;
    }

    private readonly Http2Fault TakePseudo(PseudoHeader pseudo, ReadOnlySpan<byte> value)
    {
        if (pseudo != PseudoHeader.Status)
            return Http2Fault.InvalidPseudoHeader;
        if (_hasOrdinary)
            return Http2Fault.MisplacedPseudoHeader;
        if (_head.Status != 0)
            return Http2Fault.RepeatedPseudoHeader;
        if (value.Length != 3 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || value[0] == '0')
            return Http2Fault.InvalidStatus;
        _head.Status = ((value[0] - '0') * 100) + ((value[1] - '0') * 10) + (value[2] - '0');
        return _head.Status == 101 ? Http2Fault.InvalidStatus : Http2Fault.None; // RFC 9113 §8.6
    }
}
