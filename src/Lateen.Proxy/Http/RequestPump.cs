// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Http.Mirroring;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>
/// Carries a request's body to the upstream, beside the response, which may come at any time. The first part of a body is
/// kept until the response begins, so that it can be sent again.
/// </summary>
internal sealed class RequestPump(
    ServerStream client,
    BodyPath path,
    StreamInfo info,
    ForwardTimers timers,
    Action completed,
    Action clientLeft
)
{
    /// <summary>Bytes kept for a retry: what fits into the largest input buffer, with room to go on reading.</summary>
    private const int MaxReplay = 48 * 1024;

    private ClientStream _upstream = null!;
    private LoopTask<int> _running;
    private bool _stopping;
    private bool _isEnded;
    private bool _isTunnel;
    private long _bytes;

    /// <summary>Who gets a copy of the body; null for nobody.</summary>
    public RequestMirrors? Mirrors { get; set; }

    /// <summary>The request may be sent once more from its start.</summary>
    public bool CanReplay { get; private set; }

    /// <summary>A part of the body was not here at once, and is being carried.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>The whole body is with the upstream.</summary>
    public bool IsComplete => _isEnded;

    /// <summary>The client sent what is no body, or what a filter answers (<see cref="BodyPath.Reply"/>).</summary>
    public bool IsBodyAtFault { get; private set; }

    /// <summary>How much body goes to the upstream.</summary>
    public BodyLength Length => path.Announce(client.RequestLength);

    public void Begin()
    {
        CanReplay = true;
        IsRunning = _isTunnel = false;
        Mirrors = null;
        IsBodyAtFault = false;
    }

    /// <summary>Sends what is staged with as much of the body as is here, and goes on with the rest by itself.</summary>
    /// <returns>A positive number, or an <see cref="IoResult"/> of the upstream.</returns>
    public LoopTask<int> StartAsync(ClientStream upstream)
    {
        _upstream = upstream;
        _stopping = false;
        _isEnded = false;
        _bytes = 0;
        path.Restart();
        if (client.WantsTunnel)
        {
            completed();
            return upstream.FlushAsync();
        }
        var status = Move();
        if (status == BodyStatus.Fault)
            return new LoopTask<int>(IoResult.Failed);
        var sending = upstream.FlushAsync();
        if (status == BodyStatus.Complete)
            return sending;
        IsRunning = true;
        _running = RunAsync(status, sending);
        return new LoopTask<int>(1);
    }

    /// <summary>Nothing of the request is needed any more: its buffers go back, and it cannot be repeated.</summary>
    public void Release()
    {
        CanReplay = false;
        client.Release();
    }

    /// <summary>A tunnel has no end but its sides' own: carries what the client sends from now on.</summary>
    public void StartTunnel()
    {
        _isEnded = false;
        IsRunning = _isTunnel = true;
        // An eager client has sent something already.
        var status = Move();
        _running = RunAsync(status, _upstream.FlushAsync());
    }

    /// <summary>Waits for the end of a tunnel's way to the upstream.</summary>
    public async LoopTask<int> FinishAsync()
    {
        if (!IsRunning)
            return 0;
        IsRunning = false;
        return await _running;
    }

    /// <summary>
    /// Waits for the pump to end. What it waits for itself is cut short: nobody needs the rest of the request. The upstream
    /// must have been aborted, or have answered.
    /// </summary>
    public async LoopTask<int> StopAsync()
    {
        if (!IsRunning)
            return 0;
        IsRunning = false;
        _stopping = true;
        if (!_running.IsCompleted)
        {
            _upstream.Abort();
            client.CancelWait();
        }
        return await _running;
    }

    private BodyStatus Move()
    {
        var status = path.Move(client, _upstream, ref _bytes, Mirrors);
        info.BytesReceived = _bytes;
        timers.Touch();
        if (status == BodyStatus.Complete)
        {
            _isEnded = true;
            // The route's timeout, which would run from here, is for answers.
            if (!_isTunnel)
                completed();
        }
        else if (status == BodyStatus.Fault)
        {
            IsBodyAtFault = true;
        }
        return status;
    }

    private async LoopTask<int> RunAsync(BodyStatus status, LoopTask<int> sending)
    {
        while (true)
        {
            if (await sending < 0)
                return IoResult.Failed;
            if (_isEnded)
                return 1;
            if (!CanReplay || client.Held > MaxReplay)
                Release();
            var result = status == BodyStatus.Data ? await _upstream.WaitForRoomAsync() : await WaitForBodyAsync();
            if (result < 0 || _stopping)
                return result;
            status = Move();
            if (status == BodyStatus.Fault)
            {
                _upstream.Abort();
                return IoResult.Failed;
            }
            sending = _upstream.FlushAsync();
        }
    }

    private async LoopTask<int> WaitForBodyAsync()
    {
        var result = await client.WaitForBodyAsync();
        if (result == IoResult.BufferFull)
        {
            Release();
            result = await client.WaitForBodyAsync();
        }
        if (result <= 0 && !_stopping)
            clientLeft();
        return result <= 0 ? IoResult.Failed : result;
    }
}
