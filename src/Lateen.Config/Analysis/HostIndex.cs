// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Analysis;

/// <summary>The hosts that there are, by Services and ServiceEntries.</summary>
internal sealed class HostIndex
{
    private readonly Dictionary<string, KnownHost> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public HostIndex(ConfigSnapshot config)
    {
        foreach (var service in config.Of<Service>())
        {
            var ports = service.Spec.Ports.Select(static port => port.Port).ToArray();
            _hosts.TryAdd(HostNames.OfService(service.Name, service.Namespace), new KnownHost(service, ports));
        }
        foreach (var entry in config.Of<ServiceEntry>())
        {
            var ports = entry.Spec.Ports.Select(static port => port.Number).ToArray();
            foreach (var host in entry.Spec.Hosts)
                _hosts.TryAdd(host, new KnownHost(entry, ports));
        }
    }

    /// <summary>The host, or the wildcard that it is of; null when nobody defines it.</summary>
    public KnownHost? Find(string host, string ns)
    {
        var name = HostNames.Resolve(host, ns);
        if (_hosts.TryGetValue(name, out var known))
            return known;
        // reviews.default is short for reviews.default.svc.cluster.local.
        if (_hosts.TryGetValue($"{name}.svc.{HostNames.ClusterDomain}", out known))
            return known;
        return _hosts.FirstOrDefault(pair => pair.Key.StartsWith('*') && Hosts.Covers(pair.Key, name)).Value;
    }

    /// <summary>Whether a wildcard has any host below it.</summary>
    public bool HasAnyBelow(string wildcard) => _hosts.Keys.Any(host => Hosts.Covers(wildcard, host));
}

/// <summary>A host, who defines it, and its ports.</summary>
internal sealed record KnownHost(ConfigResource Origin, IReadOnlyList<int> Ports);
