// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Proxy.Listeners;

namespace Lateen.Proxy.Server;

/// <summary>A connection that is not served yet: something must come from its client first, and not too late.</summary>
internal abstract class PendingConnection
{
    private readonly LoopTimer _timer;

    protected PendingConnection(Worker worker)
    {
        Worker = worker;
        _timer = new LoopTimer(static self => ((PendingConnection)self).OnTimer(), this);
    }

    /// <summary>What it is going to be served by; null until that is known.</summary>
    public virtual FilterChainRuntime? Chain => null;

    protected Worker Worker { get; }

    protected ActiveListener Listener { get; private set; } = null!;

    protected ByteStream Stream { get; private set; } = null!;

    /// <summary>True once the time was over.</summary>
    protected bool TimedOut { get; private set; }

    /// <summary>Takes a listener's connection up to where it is served, or closes it.</summary>
    public async LoopTask<int> RunAsync(ActiveListener listener, ByteStream stream)
    {
        Listener = listener;
        Stream = stream;
        TimedOut = false;
        Listener.OnOpened(this);
        var goesOn = false;
        try
        {
            goesOn = await PrepareAsync();
        }
        finally
        {
            Worker.Loop.Disarm(_timer);
            Listener.OnClosed(this, goesOn);
            if (!goesOn)
                Stream.Close();
        }
        if (goesOn)
            GoOn(listener, stream);
        else
            OnRefused();
        return 0;
    }

    public void Abort() => Stream.Abort();

    /// <summary>True when the connection may go on; false when it is to be closed.</summary>
    protected abstract LoopTask<bool> PrepareAsync();

    /// <summary>Hands the connection over.</summary>
    protected abstract void GoOn(ActiveListener listener, ByteStream stream);

    /// <summary>It is closed.</summary>
    protected virtual void OnRefused() { }

    /// <summary>Lets go of the connection, in one that waits for the next.</summary>
    protected void Forget()
    {
        Listener = null!;
        Stream = null!;
    }

    /// <summary>The time is over: wakes who waits.</summary>
    protected abstract void OnTimeout();

    protected void StartTimer(TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            Worker.Loop.Arm(_timer, limit);
    }

    private void OnTimer()
    {
        TimedOut = true;
        OnTimeout();
    }
}
