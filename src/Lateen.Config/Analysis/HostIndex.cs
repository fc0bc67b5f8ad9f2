// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Analysis;

/// <summary>The hosts that there are, by Services and ServiceEntries.</summary>
internal sealed class HostIndex
{
    private readonly Dictionary<string, List<KnownHost>> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public HostIndex(ConfigSnapshot config, ExportDefaults exports)
    {
        foreach (var service in config.Of<Service>())
        {
            var ports = service.Spec.Ports.Select(static port => port.Port).ToArray();
            Add(
                HostNames.OfService(service.Name, service.Namespace),
                new KnownHost(service, ports, exports.Of(service))
            );
        }
        foreach (var entry in config.Of<ServiceEntry>())
        {
            var known = new KnownHost(
                entry,
                entry.Spec.Ports.Select(static port => port.Number).ToArray(),
                exports.Of(entry)
            );
            foreach (var host in entry.Spec.Hosts)
                Add(host, known);
        }
    }

    /// <summary>No host at all is known: they are kept elsewhere.</summary>
    public bool IsEmpty => _hosts.Count == 0;

    /// <summary>The host as a namespace sees it, or the wildcard that it is of; null when nobody defines it for the namespace.</summary>
    /// <param name="ns">Empty asks for any definition.</param>
    public KnownHost? Find(string host, string ns)
    {
        var name = HostNames.Resolve(host, ns);
        return Visible(name, ns)
            // reviews.default is short for reviews.default.svc.cluster.local.
            ?? Visible($"{name}.svc.{HostNames.ClusterDomain}", ns)
            ?? _hosts
                .Where(pair => pair.Key.StartsWith('*') && Hosts.Covers(pair.Key, name))
                .Select(pair => Visible(pair.Key, ns))
                .FirstOrDefault(static known => known is not null);
    }

    /// <summary>Whether a wildcard has any host below it.</summary>
    public bool HasAnyBelow(string wildcard) => _hosts.Keys.Any(host => Hosts.Covers(wildcard, host));

    private void Add(string host, KnownHost known)
    {
        if (!_hosts.TryGetValue(host, out var list))
            _hosts[host] = list = [];
        list.Add(known);
    }

    private KnownHost? Visible(string host, string ns) =>
        _hosts.TryGetValue(host, out var list)
            ? list.Find(known => ns.Length == 0 || known.Exports.IsSeenIn(ns))
            : null;
}

/// <summary>A host, who defines it, its ports, and who sees it.</summary>
internal sealed record KnownHost(ConfigResource Origin, IReadOnlyList<int> Ports, Exports Exports);
