// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Core;

namespace Lateen.Proxy.Admin;

/// <summary><c>POST /logging</c>: shows and sets levels (<c>?level=L</c>, <c>?SCOPE=L</c>, <c>?paths=SCOPE:L,…</c>), as istioctl does.</summary>
internal static class LoggingPage
{
    public static AdminResponse Write(LogLevels levels, AdminRequest request)
    {
        if (!request.IsPost)
            return AdminResponse.PostRequired(request);
        var changes = new List<KeyValuePair<string, LogLevel>>();
        foreach (var (scope, name) in Wanted(levels, request))
        {
            if (!TryParse(name, out var level))
                return AdminResponse.Text($"\"{name}\" is no level; write debug, info, warning or error\n", 400);
            changes.Add(KeyValuePair.Create(scope, level));
        }
        if (levels.Set(changes) is { } unknown)
            return AdminResponse.Text($"there is no logger \"{unknown}\"\n", 400);
        var text = new StringBuilder("active loggers:\n");
        foreach (var (scope, level) in levels.Current.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            text.Append("  ").Append(scope).Append(": ").Append(NameOf(level)).Append('\n');
        return AdminResponse.Text(text.ToString());
    }

    private static IEnumerable<(string Scope, string Level)> Wanted(LogLevels levels, AdminRequest request)
    {
        foreach (var (name, value) in request.Query)
        {
            if (name == "level")
            {
                foreach (var scope in levels.Current.Keys)
                    yield return (scope, value);
            }
            else if (name == "paths")
            {
                foreach (var pair in value.Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    var colon = pair.LastIndexOf(':');
                    yield return colon < 0 ? (pair, "") : (pair[..colon], pair[(colon + 1)..]);
                }
            }
            else
            {
                yield return (name, value);
            }
        }
    }

    private static bool TryParse(string name, out LogLevel level)
    {
        LogLevel? known = name switch
        {
            "trace" or "debug" => LogLevel.Debug,
            "info" => LogLevel.Info,
            "warning" or "warn" => LogLevel.Warn,
            "error" or "critical" => LogLevel.Error,
            _ => null,
        };
        level = known.GetValueOrDefault();
        return known is not null;
    }

    private static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Debug => "debug",
            LogLevel.Info => "info",
            LogLevel.Warn => "warning",
            _ => "error",
        };
}
