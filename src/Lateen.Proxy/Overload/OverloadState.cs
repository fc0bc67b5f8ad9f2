// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>
/// What workers need to know of pressure, in a few words that they read where they decide; and the count of connections, which
/// they keep. Shared by all threads.
/// </summary>
public sealed class OverloadState
{
    /// <summary>The value of an action that is wholly in force.</summary>
    public const int Saturated = 1 << 16;

    private readonly int[] _values = new int[OverloadActionNames.Short.Count];
    private readonly TimerScale?[] _scales = new TimerScale?[(int)ScaledTimer.HttpDownstreamConnectionMax + 1];
    private readonly long? _maxConnections;
    private readonly RuntimeNumber _runtimeLimit;
    private readonly ConnectionCount _connections = new();

    public OverloadState(OverloadSpec spec, RuntimeValues runtime)
    {
        _maxConnections = spec.MaxActiveDownstreamConnections;
        _runtimeLimit = runtime.Number(RuntimeValues.GlobalConnectionLimit, long.MaxValue);
        foreach (var scale in spec.TimerScaleFactors)
            _scales[(int)scale.Timer] = scale;
    }

    /// <summary>Connections of clients that are open, on all listeners.</summary>
    public long ActiveDownstreamConnections => _connections.Open;

    /// <summary>Most of them there may be; <see cref="long.MaxValue"/> for no limit.</summary>
    public long MaxActiveDownstreamConnections => _maxConnections ?? _runtimeLimit.Value;

    /// <summary>From 0, not in force, to <see cref="Saturated"/>.</summary>
    public int ValueOf(OverloadAction action) => Volatile.Read(ref _values[(int)action]);

    public bool IsSaturated(OverloadAction action) => ValueOf(action) == Saturated;

    /// <summary>Whether an action hits now: always when it is wholly in force, else by chance.</summary>
    public bool Hits(OverloadAction action, ulong random)
    {
        var value = ValueOf(action);
        return value != 0 && (int)(random % Saturated) < value;
    }

    /// <summary>How long a timeout is under the pressure there is; one that is off stays off.</summary>
    public TimeSpan Scale(ScaledTimer timer, TimeSpan configured)
    {
        var value = ValueOf(OverloadAction.ReduceTimeouts);
        if (value == 0 || configured <= TimeSpan.Zero || _scales[(int)timer] is not { } scale)
            return configured;
        var least = scale.LeastOf(configured);
        return least >= configured ? configured : least + ((configured - least) * (1 - (value / (double)Saturated)));
    }

    /// <summary>Counts one more connection of a client; false when there are as many as there may be.</summary>
    /// <param name="ignoresLimit">The listener is none of the limit's business; its connections count all the same.</param>
    public bool TryOpenConnection(bool ignoresLimit) =>
        _connections.TryAdd(ignoresLimit ? long.MaxValue : MaxActiveDownstreamConnections);

    public void OnConnectionClosed() => _connections.Remove();

    internal void Set(OverloadAction action, int value) => Volatile.Write(ref _values[(int)action], value);
}
