// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Finds the DestinationRules that apply when a client of some namespace calls a service.</summary>
internal sealed class DestinationPolicies
{
    private readonly Dictionary<string, HostTable<List<ConfigResource<DestinationRule>>>> _byNamespace = new(
        StringComparer.Ordinal
    );
    private readonly string _rootNamespace;
    private readonly Derivations _derivations;

    public DestinationPolicies(ConfigSnapshot config, string rootNamespace, Derivations derivations)
    {
        _rootNamespace = rootNamespace;
        _derivations = derivations;
        foreach (var rule in config.Of<DestinationRule>())
        {
            if (!_byNamespace.TryGetValue(rule.Namespace, out var table))
                _byNamespace[rule.Namespace] = table = new HostTable<List<ConfigResource<DestinationRule>>>();
            table.GetOrAdd(HostNames.Resolve(rule.Spec.Host, rule.Namespace), static () => []).Add(rule);
        }
    }

    /// <summary>The client's namespace decides, then the service's, then the root namespace (Istio's order).</summary>
    public DestinationPolicy For(MeshService service, string clientNamespace)
    {
        var rules =
            Rules(clientNamespace, service) ?? Rules(service.Namespace, service) ?? Rules(_rootNamespace, service);
        return rules is null
            ? DestinationPolicy.None
            : _derivations.Of("policy", [.. rules], () => new DestinationPolicy(rules));
    }

    private List<ConfigResource<DestinationRule>>? Rules(string ns, MeshService service) =>
        _byNamespace.TryGetValue(ns, out var table) ? table.Find(service.Host) : null;
}
