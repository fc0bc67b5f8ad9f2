// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Whom the checks of a session ask.</summary>
/// <param name="Checks">What all sessions of the proxy share.</param>
/// <param name="Cluster">The version of the cluster in which the endpoint was first checked this way.</param>
internal sealed record ProbeTarget(HealthChecks Checks, ClusterRuntime Cluster, EndpointEntry Entry)
{
    public EndpointState Endpoint => Entry.State;

    /// <summary>The endpoint's address, or what its <c>health_check_config</c> has instead.</summary>
    public NetAddress Address => Entry.Spec.Check.AddressFor(Entry.State.Address);

    /// <summary>The host of questions: the endpoint's own, the configured one, the cluster's name, in this order.</summary>
    public string Authority(string configured) =>
        Entry.Spec.Check.HostName is { Length: > 0 } own ? own
        : configured.Length > 0 ? configured
        : Cluster.Spec.Name;
}
