// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>How a proxy protects itself (Envoy <c>config.overload.v3.OverloadManager</c>).</summary>
public sealed record OverloadSpec
{
    /// <summary>No limit and no action.</summary>
    public static OverloadSpec None { get; } = new();

    /// <summary><c>refresh_interval</c>: how often pressure is looked at; 1 s.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>fixed_heap.max_heap_size_bytes</c>; null for no such monitor.</summary>
    public long? MaxHeapSizeBytes { get; init; }

    /// <summary>
    /// <c>global_downstream_max_connections.max_active_downstream_connections</c>; null leaves it to the runtime key
    /// <c>overload.global_downstream_max_connections</c>.
    /// </summary>
    public long? MaxActiveDownstreamConnections { get; init; }

    /// <summary><c>actions</c>, each of them once.</summary>
    public IReadOnlyList<OverloadActionSpec> Actions { get; init; } = [];

    /// <summary>
    /// <c>timer_scale_factors</c> of <see cref="OverloadAction.ReduceTimeouts"/>: by default those of Envoy's example, idle
    /// connections down to 2 s.
    /// </summary>
    public IReadOnlyList<TimerScale> TimerScaleFactors { get; init; } =
    [new TimerScale(ScaledTimer.HttpDownstreamConnectionIdle, TimeSpan.FromSeconds(2), 0)];

    /// <summary>
    /// <c>buffer_factory_config.minimum_account_to_track_power_of_two</c>: streams that hold less than two to this power of
    /// bytes are never reset; 20, as in Envoy's example.
    /// </summary>
    public int MinimumAccountToTrackPowerOfTwo { get; init; } = 20;

    /// <summary>
    /// What is done, unless somebody says otherwise, where there is a limit of memory: the thresholds of Envoy's documents, in
    /// the order in which pressure reaches them.
    /// </summary>
    public static IReadOnlyList<OverloadActionSpec> StandardActions { get; } =
    [
        OfHeap(OverloadAction.ReduceTimeouts, 0.85, 0.95),
        OfHeap(OverloadAction.ResetHighMemoryStream, 0.85, 0.95),
        OfHeap(OverloadAction.ShrinkHeap, 0.9, 0.9),
        OfHeap(OverloadAction.DisableHttpKeepalive, 0.92, 0.92),
        OfHeap(OverloadAction.StopAcceptingRequests, 0.95, 0.95),
        OfHeap(OverloadAction.RejectIncomingConnections, 0.95, 0.99),
    ];

    private static OverloadActionSpec OfHeap(OverloadAction action, double from, double to) =>
        new(action, [new OverloadTrigger(ResourceMonitorNames.FixedHeap, from, to)]);
}

/// <summary>An action and what sets it off; of several triggers the strongest counts.</summary>
public sealed record OverloadActionSpec(OverloadAction Action, IReadOnlyList<OverloadTrigger> Triggers);

/// <summary>
/// What a resource's pressure, from 0 to 1, does to an action: nothing below the first number, everything from the second
/// one on, a share of it between them (Envoy's <c>scaled</c>). With both the same it is a <c>threshold</c>.
/// </summary>
public sealed record OverloadTrigger(string Monitor, double ScalingThreshold, double SaturationThreshold)
{
    /// <summary>0 to 1.</summary>
    public double ValueAt(double pressure) =>
        pressure >= SaturationThreshold ? 1
        : pressure <= ScalingThreshold ? 0
        : (pressure - ScalingThreshold) / (SaturationThreshold - ScalingThreshold);
}
