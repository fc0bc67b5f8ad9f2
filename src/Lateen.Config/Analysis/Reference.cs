// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis;

/// <summary>Something that a resource may refer to, and another defines.</summary>
/// <param name="Name">A host in full, or a gateway's qualified name.</param>
/// <param name="Subset">Empty but for subsets.</param>
internal readonly record struct Reference(ReferenceKind Kind, string Name, string Subset = "")
{
    /// <summary>What a resource defines. The same may be there twice.</summary>
    public static IEnumerable<Reference> DefinedBy(ConfigResource resource) =>
        resource switch
        {
            ConfigResource<Service> service => [Host(HostNames.OfService(service.Name, service.Namespace))],
            ConfigResource<ServiceEntry> entry => entry.Spec.Hosts.Select(Host),
            ConfigResource<Gateway> gateway => [OfGateway($"{gateway.Namespace}/{gateway.Name}")],
            ConfigResource<DestinationRule> rule => OfRule(
                HostNames.Resolve(rule.Spec.Host, rule.Namespace),
                rule.Spec
            ),
            _ => [],
        };

    public static Reference Host(string name) => new(ReferenceKind.Host, name);

    /// <summary>That anybody says anything of a host's subsets.</summary>
    public static Reference RulesOf(string host) => new(ReferenceKind.Rules, host);

    public static Reference OfSubset(string host, string subset) => new(ReferenceKind.Subset, host, subset);

    public static Reference OfGateway(string name) => new(ReferenceKind.Gateway, name);

    private static IEnumerable<Reference> OfRule(string host, DestinationRule rule) =>
        rule.Subsets.Select(subset => OfSubset(host, subset.Name)).Prepend(RulesOf(host));
}

/// <summary>What there is to refer to.</summary>
internal enum ReferenceKind : byte
{
    Host,
    Rules,
    Subset,
    Gateway,
}
