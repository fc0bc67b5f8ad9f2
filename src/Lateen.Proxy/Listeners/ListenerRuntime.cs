// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Listeners;

/// <summary>
/// A listener as connections use it. The object stays the same while its resource does: a new one means that the old
/// one drains, or, where only filter chains have changed, those of its chains that the new one has not.
/// </summary>
public sealed class ListenerRuntime
{
    private readonly FilterChainMatcher _matcher;
    private readonly FilterChainRuntime[] _chains;
    private readonly FilterChainRuntime? _default;

    /// <param name="reuse">What it keeps of the version before; null where that one drains as a whole.</param>
    internal ListenerRuntime(ListenerSpec spec, ProxyTelemetry telemetry, ChainReuse? reuse = null)
    {
        Spec = spec;
        Connections = reuse?.Before.Connections ?? new ConnectionCount();
        Stats = telemetry.Stats.Listener(spec.Address.ToString());
        AccessLog = new AccessLog(spec.AccessLogs, telemetry.Logs);
        var tlsStats = telemetry.Stats.ListenerTls(spec.Address.ToString());
        _chains = new FilterChainRuntime[spec.FilterChains.Count];
        var matches = new FilterChainMatchSpec[_chains.Length];
        for (var i = 0; i < _chains.Length; i++)
        {
            _chains[i] = reuse?.Chains[i] is >= 0 and var same
                ? reuse.Before._chains[same]
                : new FilterChainRuntime(spec.FilterChains[i], spec.Direction, tlsStats, telemetry);
            matches[i] = spec.FilterChains[i].Match;
        }
        _default =
            spec.DefaultFilterChain is null ? null
            : reuse is { KeepsDefault: true } ? reuse.Before._default
            : new FilterChainRuntime(spec.DefaultFilterChain, spec.Direction, tlsStats, telemetry);
        _matcher = new FilterChainMatcher(matches);
    }

    public ListenerSpec Spec { get; }

    public ListenerStats Stats { get; }

    /// <summary>
    /// Its connections, on all workers. Those of a version before count there, as in Envoy, unless it was updated in place.
    /// </summary>
    public ConnectionCount Connections { get; }

    /// <summary>Nothing but filter chains differs from another version.</summary>
    public bool IsInPlaceUpdateOf(ListenerRuntime before) => ReferenceEquals(Connections, before.Connections);

    /// <summary>Logs of connections that no chain takes.</summary>
    public AccessLog AccessLog { get; }

    /// <summary>Route configurations that its connection managers ask RDS for.</summary>
    public IReadOnlyCollection<string> RouteNames
    {
        get
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var manager in ManagersByName)
            {
                if (manager.RoutesFile is null)
                    names.Add(manager.RouteConfigName!);
            }
            return names;
        }
    }

    /// <summary>Connection managers that take their routes by name, from RDS or a file.</summary>
    public IEnumerable<HttpConnectionManagerSpec> ManagersByName
    {
        get
        {
            foreach (var chain in Chains)
            {
                if (chain.Spec.Terminal is HttpConnectionManagerSpec { RouteConfigName: not null } manager)
                    yield return manager;
            }
        }
    }

    /// <summary>False while a secret of one of its chains is waited for.</summary>
    public bool HasItsSecrets(Func<SecretReference, FetchState> stateOf)
    {
        var all = true;
        foreach (var chain in Chains)
            all &= chain.Socket.MayServe(stateOf);
        return all;
    }

    /// <summary>Every chain, the default one included.</summary>
    public IEnumerable<FilterChainRuntime> Chains
    {
        get
        {
            foreach (var chain in _chains)
                yield return chain;
            if (_default is not null)
                yield return _default;
        }
    }

    /// <summary>The chain that serves a connection; null when none does (the connection is closed, flag NR).</summary>
    public FilterChainRuntime? Match(in ConnectionInfo connection) =>
        _matcher.Match(connection) is >= 0 and var index ? _chains[index] : _default;
}
