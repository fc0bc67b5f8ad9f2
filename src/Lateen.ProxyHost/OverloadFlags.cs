// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Agent.Overload;
using Lateen.Proxy.Overload;

namespace Lateen.ProxyHost;

/// <summary>Flags about too much load, each with an environment variable that stands for it.</summary>
/// <param name="take">Takes a flag's value off the command line; empty for none.</param>
internal sealed class OverloadFlags(Func<string, string> take, IReadOnlyDictionary<string, string> environment)
{
    private const string GlobalLimit = "--global-downstream-max-connections";

    /// <param name="memoryLimit">Bytes that the system lets us have; null for any number.</param>
    public OverloadSpec ReadSpec(long? memoryLimit)
    {
        var bytes = Number("--max-heap-size-bytes") ?? (long?)(memoryLimit * MemoryLimit.Share);
        // Asked for once: what was taken off the command line is gone.
        var connections = Number(GlobalLimit);
        var spec = new OverloadSpec
        {
            MaxHeapSizeBytes = bytes is null or 0 ? null : bytes,
            MaxActiveDownstreamConnections = connections is 0 ? long.MaxValue : connections,
        };
        var actions = Text("--overload-actions");
        if (actions.Length > 0)
            spec = spec with { Actions = Actions(actions) };
        else if (spec.MaxHeapSizeBytes is not null)
            spec = spec with { Actions = OverloadSpec.StandardActions };
        if (spec.Actions.Count > 0 && spec.MaxHeapSizeBytes is null)
            throw new UsageException("--overload-actions needs a limit of memory; give --max-heap-size-bytes");
        return Text("--timer-scale-factors") is { Length: > 0 } timers
            ? spec with
            {
                TimerScaleFactors = Timers(timers),
            }
            : spec;
    }

    /// <param name="openFiles">Open files that the process may have; 0 when that is not known.</param>
    public IReadOnlyDictionary<string, string> ReadRuntime(long openFiles)
    {
        if (!OverloadText.TryParseRuntime(Text("--runtime"), out var values, out var problem))
            throw new UsageException($"--runtime: {problem}");
        // A connection that is relayed needs two: more than half of them could be accepted, but not served.
        if (openFiles > 1)
            values.TryAdd(RuntimeValues.GlobalConnectionLimit, (openFiles / 2).ToString(CultureInfo.InvariantCulture));
        return values;
    }

    private static IReadOnlyList<OverloadActionSpec> Actions(string text) =>
        OverloadText.TryParseActions(text, out var actions, out var problem)
            ? actions
            : throw new UsageException($"--overload-actions: {problem}");

    private static IReadOnlyList<TimerScale> Timers(string text) =>
        OverloadText.TryParseTimers(text, out var timers, out var problem)
            ? timers
            : throw new UsageException($"--timer-scale-factors: {problem}");

    private long? Number(string flag)
    {
        var text = Text(flag);
        if (text.Length == 0)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new UsageException($"{flag} is \"{text}\"; write a whole number");
    }

    /// <summary>The flag's value, else that of LATEEN_ and the flag's name in capitals.</summary>
    private string Text(string flag) =>
        take(flag) is { Length: > 0 } given
            ? given
            : environment.GetValueOrDefault("LATEEN_" + flag[2..].ToUpperInvariant().Replace('-', '_'), "");
}
