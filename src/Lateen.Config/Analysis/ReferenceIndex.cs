// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis;

/// <summary>What there is to refer to.</summary>
internal sealed class ReferenceIndex
{
    private readonly HashSet<string> _hosts = new(StringComparer.Ordinal);
    private readonly HashSet<(string Host, string Subset)> _subsets = [];
    private readonly HashSet<string> _gateways = new(StringComparer.Ordinal);

    public ReferenceIndex(ConfigSnapshot config)
    {
        foreach (var service in config.Of<Service>())
            _hosts.Add(HostNames.OfService(service.Name, service.Namespace));
        foreach (var entry in config.Of<ServiceEntry>())
            _hosts.UnionWith(entry.Spec.Hosts);
        foreach (var gateway in config.Of<Gateway>())
            _gateways.Add($"{gateway.Namespace}/{gateway.Name}");
        foreach (var rule in config.Of<DestinationRule>())
        {
            var host = HostNames.Resolve(rule.Spec.Host, rule.Namespace);
            foreach (var subset in rule.Spec.Subsets)
                _subsets.Add((host, subset.Name));
        }
    }

    public bool HasHost(string host) => _hosts.Contains(host);

    public bool HasSubset(string host, string subset) => _subsets.Contains((host, subset));

    public bool HasGateway(string name, string ns) => _gateways.Contains(HostNames.Qualify(name, ns));
}
