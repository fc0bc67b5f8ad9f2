// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Health;
using Lateen.Proxy.Overload;

namespace Lateen.Proxy.Stats;

/// <summary>Where a proxy tells of its work: numbers and logs. One per process, shared by what configuration builds.</summary>
/// <param name="runtime">Numbers that filters of access logs go by; none by default.</param>
public sealed class ProxyTelemetry(int workers, WorkloadLabels self, RuntimeValues? runtime = null) : IDisposable
{
    public int Workers => workers;

    public ProxyStats Stats { get; } = new(workers, self);

    /// <summary>What the proxy says of itself.</summary>
    public LocalHealth Health { get; } = new();

    /// <summary>Envoy's <c>node.cluster</c>.</summary>
    public string ServiceCluster => self.ServiceCluster;

    /// <summary>The proxy's own IP address, as ASCII; empty where it is not known.</summary>
    public byte[] LocalAddress { get; } = Encoding.ASCII.GetBytes(self.Address);

    public AccessLogWriter Logs { get; } = new(workers, runtime);

    public void Dispose() => Logs.Dispose();
}
