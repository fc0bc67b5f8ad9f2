// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>Counts frames that cost a peer little and us something, against the limits of <see cref="Http2Options"/>.</summary>
internal struct FloodGuard(Http2Options options)
{
    private readonly Http2Options _options = options;
    private int _emptyFrames;
    private long _priorityFrames;
    private long _windowUpdates;
    private long _dataFramesSent;
    private long _streams;

    public void OnStreamOpened() => _streams++;

    public void OnDataSent() => _dataFramesSent++;

    /// <summary>Looks at HEADERS, CONTINUATION and DATA; padding is no payload.</summary>
    public Http2Fault OnPayload(bool isEmpty, bool endsStream)
    {
        if (!isEmpty || endsStream)
        {
            _emptyFrames = 0;
            return Http2Fault.None;
        }
        return ++_emptyFrames > _options.MaxConsecutiveInboundFramesWithEmptyPayload
            ? Http2Fault.EmptyFramesFlood
            : Http2Fault.None;
    }

    public Http2Fault OnPriority() =>
        ++_priorityFrames > _options.MaxInboundPriorityFramesPerStream * (1 + _streams)
            ? Http2Fault.PriorityFramesFlood
            : Http2Fault.None;

    public Http2Fault OnWindowUpdate()
    {
        var allowed = _options.MaxInboundWindowUpdateFramesPerDataFrameSent * _dataFramesSent;
        return ++_windowUpdates > 5 + (2 * (_streams + allowed)) ? Http2Fault.WindowUpdateFramesFlood : Http2Fault.None;
    }
}
