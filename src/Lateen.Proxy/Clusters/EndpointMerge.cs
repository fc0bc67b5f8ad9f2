// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Net;
using Lateen.Proxy.Health;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Clusters;

/// <summary>
/// The endpoints of a new version of a cluster, with what is remembered of those that the previous one had. Any thread
/// that applies configuration.
/// </summary>
internal sealed class EndpointMerge(
    ClusterSpec spec,
    ClusterState state,
    ClusterSockets sockets,
    ClusterRuntime? previous
)
{
    private const HealthFlags OfActiveChecks =
        HealthFlags.FailedActiveCheck
        | HealthFlags.DegradedActiveCheck
        | HealthFlags.PendingActiveCheck
        | HealthFlags.ExcludedByImmediateFailure
        | HealthFlags.ActiveCheckTimeout;

    private readonly Dictionary<NetAddress, EndpointState> _known = [];
    private readonly HashSet<EndpointState> _listed = [];

    public EndpointEntry[] Of(EndpointSetSpec set)
    {
        foreach (var endpoint in previous?.Endpoints ?? [])
            _known[endpoint.State.Address] = endpoint.State;
        var entries = new List<EndpointEntry>(set.Endpoints.Count);
        foreach (var endpoint in set.Endpoints)
            entries.Add(new EndpointEntry(StateOf(endpoint), endpoint));
        Retain(entries);
        if (previous is not null && !_listed.SetEquals(previous.Endpoints.Select(static endpoint => endpoint.State)))
            state.OnMembershipChanged();
        return entries.ToArray();
    }

    private EndpointState StateOf(EndpointSpec endpoint)
    {
        var socket = sockets.For(endpoint.SocketMetadata);
        if (!_known.TryGetValue(endpoint.Address, out var remembered) || !ReferenceEquals(remembered.Socket, socket))
            _known[endpoint.Address] = remembered = Create(endpoint, socket);
        remembered.RewriteHost = endpoint.RewriteHost is null ? null : Encoding.ASCII.GetBytes(endpoint.RewriteHost);
        if (spec.Outlier is not null)
            remembered.Record ??= new EndpointRecord();
        else if (remembered.ClearFlags(HealthFlags.FailedOutlierCheck))
            remembered.Record = null;
        remembered.IsActivelyChecked = IsChecked(endpoint);
        if (!remembered.IsActivelyChecked)
        {
            remembered.ClearFlags(OfActiveChecks);
            remembered.CheckedBy = null;
        }
        remembered.ClearFlags(HealthFlags.PendingRemoval);
        _listed.Add(remembered);
        return remembered;
    }

    /// <summary>An endpoint that is to be checked counts as failed until it was.</summary>
    private EndpointState Create(EndpointSpec endpoint, TransportSocket socket)
    {
        var created = new EndpointState(state, endpoint.Address, socket);
        if (IsChecked(endpoint))
            created.SetFlags(
                HealthFlags.FailedActiveCheck
                    | (spec.IgnoresUncheckedEndpoints ? HealthFlags.PendingActiveCheck : HealthFlags.None)
            );
        return created;
    }

    private bool IsChecked(EndpointSpec endpoint) => spec.HealthCheck is not null && !endpoint.Check.IsDisabled;

    /// <summary>
    /// Discovery may err, so an endpoint that it dropped stays for as long as its checks pass (Envoy, unless
    /// <c>ignore_health_on_host_removal</c>).
    /// </summary>
    private void Retain(List<EndpointEntry> entries)
    {
        if (
            spec.HealthCheck is null
            || spec.IgnoresHealthOnRemoval
            || spec.Kind is not (ClusterKind.Eds or ClusterKind.StrictDns)
        )
            return;
        foreach (var entry in previous?.Endpoints ?? [])
        {
            if (_listed.Contains(entry.State) || !entry.State.IsActivelyChecked || entry.IsToBeDropped)
                continue;
            entry.State.SetFlags(HealthFlags.PendingRemoval);
            _listed.Add(entry.State);
            entries.Add(entry);
        }
    }
}
