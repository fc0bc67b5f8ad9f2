// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Proxy.Overload;

namespace Lateen.Agent.Overload;

/// <summary>
/// Overload settings as they stand in flags and environment: lists with commas. Each reader gives its value, or in words what
/// is wrong and what to write.
/// </summary>
public static class OverloadText
{
    private const string ActionForm =
        "write ACTION=MONITOR:THRESHOLD or ACTION=MONITOR:FROM-TO, as shrink_heap=fixed_heap:0.9";

    private const string TimerForm = "write TIMER=SECONDSs or TIMER=PERCENT%, as HTTP_DOWNSTREAM_CONNECTION_IDLE=2s";

    private static readonly string[] s_timers =
    [
        "HTTP_DOWNSTREAM_CONNECTION_IDLE",
        "HTTP_DOWNSTREAM_STREAM_IDLE",
        "TRANSPORT_SOCKET_CONNECT",
        "HTTP_DOWNSTREAM_CONNECTION_MAX",
    ];

    /// <summary>
    /// <c>ACTION=MONITOR:THRESHOLD</c> or <c>ACTION=MONITOR:FROM-TO</c>, names with Envoy's prefixes or without; an action that
    /// stands there twice has two triggers. <c>none</c> is no action.
    /// </summary>
    public static bool TryParseActions(string text, out IReadOnlyList<OverloadActionSpec> actions, out string problem)
    {
        var triggers = new SortedDictionary<OverloadAction, List<OverloadTrigger>>();
        (actions, problem) = ([], "");
        foreach (var item in text == "none" ? [] : Split(text))
        {
            if (item.Split('=') is not [var name, var trigger] || trigger.Split(':') is not [var monitor, var range])
                return Fail($"\"{item}\" is no action; {ActionForm}", out problem);
            if (!OverloadActionNames.TryParse(name, out var action))
                return Fail(
                    $"there is no action {name}; there are {string.Join(", ", OverloadActionNames.Short)}",
                    out problem
                );
            if (WithPrefix(monitor) != ResourceMonitorNames.FixedHeap)
                return Fail($"no action can hang on a monitor {monitor}; there is fixed_heap", out problem);
            var ends = range.Split('-');
            if (ends.Length > 2 || !TryShare(ends[0], out var from) || !TryShare(ends[^1], out var to) || from > to)
                return Fail($"\"{item}\" has no share from 0 to 1; {ActionForm}", out problem);
            if (!triggers.TryGetValue(action, out var known))
                triggers.Add(action, known = []);
            known.Add(new OverloadTrigger(WithPrefix(monitor), from, to));
        }
        actions = triggers.Select(static pair => new OverloadActionSpec(pair.Key, pair.Value)).ToArray();
        return true;
    }

    /// <summary><c>TIMER=2s</c> or <c>TIMER=10%</c>, with Envoy's names of timers.</summary>
    public static bool TryParseTimers(string text, out IReadOnlyList<TimerScale> timers, out string problem)
    {
        var scales = new List<TimerScale>();
        (timers, problem) = (scales, "");
        foreach (var item in Split(text))
        {
            if (item.Split('=') is not [var name, [.., var unit] least] || !TryNumber(least[..^1], out var number))
                return Fail($"\"{item}\" is no timer's least time; {TimerForm}", out problem);
            var timer = Array.IndexOf(s_timers, name);
            if (timer < 0)
                return Fail($"there is no timer {name}; there are {string.Join(", ", s_timers)}", out problem);
            if (unit == 's')
                scales.Add(new TimerScale((ScaledTimer)timer, TimeSpan.FromSeconds(number), 0));
            else if (unit == '%' && number is > 0 and <= 100)
                scales.Add(new TimerScale((ScaledTimer)timer, TimeSpan.Zero, number / 100));
            else
                return Fail($"\"{item}\" is no timer's least time; {TimerForm}", out problem);
        }
        return true;
    }

    /// <summary><c>KEY=VALUE</c>, as in Envoy's runtime.</summary>
    public static bool TryParseRuntime(string text, out Dictionary<string, string> values, out string problem)
    {
        values = new Dictionary<string, string>(StringComparer.Ordinal);
        problem = "";
        foreach (var item in Split(text))
        {
            if (item.Split('=') is not [{ Length: > 0 } key, { Length: > 0 } value])
                return Fail($"\"{item}\" is no runtime value; write KEY=VALUE", out problem);
            values[key] = value;
        }
        return true;
    }

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string WithPrefix(string monitor) =>
        monitor.StartsWith(ResourceMonitorNames.Prefix, StringComparison.Ordinal)
            ? monitor
            : ResourceMonitorNames.Prefix + monitor;

    private static bool TryShare(string text, out double share) => TryNumber(text, out share) && share is >= 0 and <= 1;

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static bool Fail(string what, out string problem)
    {
        problem = what;
        return false;
    }
}
