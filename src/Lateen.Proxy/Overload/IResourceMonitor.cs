// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Overload;

/// <summary>Says how much of a resource is used.</summary>
public interface IResourceMonitor
{
    /// <summary>As <c>envoy.resource_monitors.fixed_heap</c>.</summary>
    string Name { get; }

    /// <summary>Reads the pressure: 0 for an unused resource, 1 for one that is used up.</summary>
    /// <returns>False when it cannot be known now; the last one goes on to count.</returns>
    bool TryRead(out double pressure);
}

/// <summary>Names of the monitors there are.</summary>
public static class ResourceMonitorNames
{
    public const string Prefix = "envoy.resource_monitors.";

    /// <summary>Memory of the process against a limit.</summary>
    public const string FixedHeap = Prefix + "fixed_heap";

    /// <summary>Connections of clients against a limit. It refuses by itself; no action hangs on it.</summary>
    public const string GlobalDownstreamMaxConnections = Prefix + "global_downstream_max_connections";
}
