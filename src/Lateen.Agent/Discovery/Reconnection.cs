// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;
using Lateen.Core;

namespace Lateen.Agent.Discovery;

/// <summary>Keeps a stream to one peer, for ever: when it breaks, another one is opened after a while.</summary>
/// <param name="peer">What logs call the other end.</param>
internal sealed class Reconnection(string peer, string scope, Backoff backoff, ILogSink log, TimeProvider time)
{
    private int _connected;

    /// <summary>Whether a stream has brought something and not broken since.</summary>
    public bool IsConnected => Volatile.Read(ref _connected) != 0;

    /// <summary>Runs until cancelled.</summary>
    /// <param name="stream">One stream, from connection to failure.</param>
    public async Task RunAsync(Func<CancellationToken, Task> stream, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await stream(stop).ConfigureAwait(false);
                log.Write(LogLevel.Warn, scope, $"{peer} closed the stream; serving on");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is RpcException or IOException or InvalidOperationException)
            {
                if (stop.IsCancellationRequested)
                    return;
                var why = failure is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : failure.Message;
                log.Write(LogLevel.Warn, scope, $"lost {peer}: {why}; serving on");
            }
            Volatile.Write(ref _connected, 0);
            await WaitAsync(backoff.Next(), stop).ConfigureAwait(false);
        }
    }

    /// <summary>The stream has brought something: the next failure waits from the beginning.</summary>
    public void OnResponse()
    {
        backoff.Reset();
        if (Interlocked.Exchange(ref _connected, 1) == 0)
            log.Write(LogLevel.Info, scope, $"connected to {peer}");
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await Task.Delay(wait, time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
