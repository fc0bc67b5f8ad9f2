// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Translation.Listeners;

/// <summary>Istio's metrics filter.</summary>
internal static class StatsFilter
{
    public const string Name = "istio.stats";

    /// <summary>Where callers of unknown hosts are the mesh's own: the host header may name the destination.</summary>
    public static Any Outbound { get; } = Any.Pack(new Stats.PluginConfig());

    /// <summary>Where anybody may call: a made-up host header must not make a series of its own.</summary>
    public static Any Inbound { get; } = Any.Pack(new Stats.PluginConfig { DisableHostHeaderFallback = true });
}
