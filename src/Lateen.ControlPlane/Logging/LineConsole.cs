// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Lateen.ControlPlane.Logging;

/// <summary>Istio's log lines on standard error: time, level, scope, message, separated by tabs.</summary>
public sealed class LineConsole(TimeProvider time) : ConsoleFormatter(FormatName)
{
    private const string FormatName = "istio";

    /// <summary>Makes this the way a program logs.</summary>
    public static void AddTo(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // It says what it throws; whoever starts the control plane says that once.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("Grpc", LogLevel.Warning);
        logging.AddConsole(static console =>
        {
            console.FormatterName = FormatName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.Services.AddSingleton<ConsoleFormatter, LineConsole>();
    }

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        textWriter.Write($"{now}\t{NameOf(logEntry.LogLevel)}\t{LogScopes.Of(logEntry.Category)}\t");
        textWriter.Write(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } failure)
            textWriter.Write(OneLine($": {failure}"));
        textWriter.WriteLine();
    }

    private static string OneLine(string text) =>
        text.ReplaceLineEndings("\n").Replace("\n", "\\n", StringComparison.Ordinal);

    private static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            _ => "error",
        };
}
