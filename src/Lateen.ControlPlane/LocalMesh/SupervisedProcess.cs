// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>
/// A process that is kept alive: when it ends it is started again, the later the more often it ended. It stops when its
/// standard input ends, so that it cannot outlive us, whatever happens to us.
/// </summary>
public sealed partial class SupervisedProcess(
    string name,
    Func<ProcessStartInfo> start,
    string logFile,
    TimeProvider time,
    ILogger log
)
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping process may take before it is killed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _current;
    private int _paused;

    public string Name => name;

    /// <summary>0 while it is not running.</summary>
    public int ProcessId => Volatile.Read(ref _current) is { } process ? process.Id : 0;

    /// <summary>Times it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Completes when it runs for the first time; fails when it cannot be started at all.</summary>
    public Task Started => _started.Task;

    /// <summary>While paused a process that ends stays down.</summary>
    public bool IsPaused
    {
        get => Volatile.Read(ref _paused) != 0;
        set => Volatile.Write(ref _paused, value ? 1 : 0);
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public void Kill()
    {
        if (Volatile.Read(ref _current) is { HasExited: false } process)
            process.Kill();
    }

    /// <summary>Keeps it running until cancelled, then stops it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var wait = s_firstWait;
        while (!stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            if (!IsPaused)
                await RunOnceAsync(stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
                return;
            if (time.GetElapsedTime(began) > s_stable)
                wait = s_firstWait;
            await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = IsPaused || wait * 2 > s_longestWait ? s_firstWait : wait * 2;
        }
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        Process process;
        try
        {
            process = Process.Start(start())!;
        }
        catch (Win32Exception failure)
        {
            LogCannotStart(name, failure.Message);
            _started.TrySetException(new InvalidOperationException($"{name} cannot be started: {failure.Message}"));
            return;
        }
        using (process)
        {
            Starts++;
            Volatile.Write(ref _current, process);
            _started.TrySetResult();
            await using var file = new StreamWriter(logFile, append: true) { AutoFlush = true };
            var output = TextWriter.Synchronized(file);
            var copying = Task.WhenAll(
                CopyAsync(process.StandardOutput, output),
                CopyAsync(process.StandardError, output)
            );
            await process.WaitForExitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                await EndAsync(process).ConfigureAwait(false);
            else
                LogEnded(name, process.ExitCode, logFile);
            Volatile.Write(ref _current, null);
            await copying
                .WaitAsync(s_patience, time, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(s_patience, time);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process.HasExited)
            return;
        LogKilled(name);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
            await to.WriteLineAsync(line).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Error, "{Name} cannot be started: {Why}")]
    private partial void LogCannotStart(string name, string why);

    [LoggerMessage(LogLevel.Warning, "{Name} ended with exit code {Code} and is started again; see {LogFile}")]
    private partial void LogEnded(string name, int code, string logFile);

    [LoggerMessage(LogLevel.Warning, "{Name} did not stop in time and was killed")]
    private partial void LogKilled(string name);
}
