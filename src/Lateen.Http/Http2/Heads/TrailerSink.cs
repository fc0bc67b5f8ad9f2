// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;
using Lateen.Http.Http1;

namespace Lateen.Http.Http2.Heads;

/// <summary>Takes trailers: no pseudo-headers (RFC 9113 §8.1), and of the rest what may be a trailer.</summary>
internal ref struct TrailerSink : IFieldSink
{
    private readonly HeaderMap? _trailers;
    private FieldCounter _counter;

    public TrailerSink(HeaderMap? trailers, Http2Options options)
    {
        trailers?.Clear();
        _trailers = trailers;
        _counter = new FieldCounter(options);
    }

    /// <summary>The first thing that was wrong.</summary>
    public Http2Fault Fault { get; private set; }

    public void OnField(scoped in HpackField field)
    {
        if (Fault != Http2Fault.None)
            return;
        Fault = field.Pseudo == PseudoHeader.None ? _counter.Check(field) : Http2Fault.InvalidPseudoHeader;
        if (Fault != Http2Fault.None || _trailers is null)
            return;
        _trailers.AddCanonical(field.Id, field.Name, field.Value);
        var line = _trailers.Count - 1;
        if (!Http1.Trailers.IsAllowed(_trailers, line))
            _trailers.RemoveAt(line);
    }
}

/// <summary>Takes fields that nobody wants: decoded all the same, for the table's sake.</summary>
internal struct NullSink : IFieldSink
{
    public readonly void OnField(scoped in HpackField field) { }
}
