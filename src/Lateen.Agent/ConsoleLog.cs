// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Core;

namespace Lateen.Agent;

/// <summary>Istio's log lines on a stream: time, level, scope, message, separated by tabs.</summary>
/// <param name="levels">Which lines are left out.</param>
public sealed class ConsoleLog(TextWriter target, LogLevels levels, TimeProvider time) : ILogSink
{
    private readonly Lock _gate = new();

    public void Write(LogLevel level, string scope, string message)
    {
        if (!levels.IsEnabled(scope, level))
            return;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        lock (_gate)
            target.WriteLine($"{now}\t{NameOf(level)}\t{scope}\t{message}");
    }

    private static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Debug => "debug",
            LogLevel.Info => "info",
            LogLevel.Warn => "warn",
            _ => "error",
        };
}
