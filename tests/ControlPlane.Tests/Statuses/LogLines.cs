// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.Statuses;

/// <summary>What a program under test logs.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private TaskCompletionSource _more = New();

    /// <summary>As <c>Warning: text</c>.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Waits for a line that begins so, if there is none yet.</summary>
    public async Task WaitForAsync(string beginning, CancellationToken stop)
    {
        while (true)
        {
            var more = Volatile.Read(ref _more).Task;
            if (_lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal)))
                return;
            await more.WaitAsync(stop);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel))
            return;
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
        Interlocked.Exchange(ref _more, New()).SetResult();
    }

    public void Dispose() { }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
