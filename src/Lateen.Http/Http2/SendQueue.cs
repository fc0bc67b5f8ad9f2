// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>Streams that wait for the connection's window or for room in its output, first come, first served.</summary>
internal sealed class SendQueue
{
    private Http2Stream? _first;
    private Http2Stream? _last;

    public bool IsEmpty => _first is null;

    public void Enqueue(Http2Stream stream)
    {
        if (stream.IsQueued)
            return;
        stream.IsQueued = true;
        stream.PreviousInQueue = _last;
        if (_last is null)
            _first = stream;
        else
            _last.NextInQueue = stream;
        _last = stream;
    }

    public Http2Stream? Dequeue()
    {
        var first = _first;
        if (first is not null)
            Remove(first);
        return first;
    }

    public void Remove(Http2Stream stream)
    {
        if (!stream.IsQueued)
            return;
        if (stream.PreviousInQueue is null)
            _first = stream.NextInQueue;
        else
            stream.PreviousInQueue.NextInQueue = stream.NextInQueue;
        if (stream.NextInQueue is null)
            _last = stream.PreviousInQueue;
        else
            stream.NextInQueue.PreviousInQueue = stream.PreviousInQueue;
        stream.NextInQueue = stream.PreviousInQueue = null;
        stream.IsQueued = false;
    }
}
