// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>Finds the DestinationRules that apply when a client calls a service.</summary>
internal sealed class DestinationPolicies
{
    private readonly Dictionary<string, NamespaceRules> _byNamespace = new(StringComparer.Ordinal);
    private readonly string _rootNamespace;
    private readonly Derivations _derivations;

    public DestinationPolicies(ConfigSnapshot config, MeshConfig mesh, Derivations derivations)
    {
        _rootNamespace = mesh.RootNamespace;
        _derivations = derivations;
        foreach (var rule in config.Of<DestinationRule>())
        {
            if (!_byNamespace.TryGetValue(rule.Namespace, out var rules))
                _byNamespace[rule.Namespace] = rules = new NamespaceRules(rule.Namespace);
            rules.Add(new ExportedRule(rule, mesh.Exports.Of(rule)));
        }
    }

    /// <summary>Whether any rule asks for labels of the workloads that call, in the namespace.</summary>
    public bool DependOnSource(string clientNamespace) =>
        _byNamespace.TryGetValue(clientNamespace, out var rules) && rules.HaveSelectors;

    /// <summary>
    /// The client's namespace decides, then the service's, then the root namespace, of whose rules for others the client's namespace has to be
    /// one (Istio's order). For clients in the root namespace only those of its rules come first that nobody else sees: the others are for the
    /// whole mesh, and leave the word to the service's namespace.
    /// </summary>
    public DestinationPolicy For(
        MeshService service,
        string clientNamespace,
        IReadOnlyDictionary<string, string> clientLabels
    )
    {
        var seen =
            Find(clientNamespace)?.Local(service.Host, onlyPrivate: clientNamespace == _rootNamespace)
            ?? Find(service.Namespace)?.Exported(service.Host, clientNamespace)
            ?? Find(_rootNamespace)?.Exported(service.Host, clientNamespace);
        if (seen is null || Deciding(seen, clientLabels) is not { } group)
            return DestinationPolicy.None;
        var rules = group.Rules.Select(static exported => exported.Rule).ToArray();
        return _derivations.Of("policy", [.. rules], () => new DestinationPolicy(rules));
    }

    private NamespaceRules? Find(string ns) => _byNamespace.GetValueOrDefault(ns);

    /// <summary>The first that selects the client, else the last of those that select nobody.</summary>
    private static RuleGroup? Deciding(
        IReadOnlyList<ExportedRule> seen,
        IReadOnlyDictionary<string, string> clientLabels
    )
    {
        RuleGroup? forAll = null;
        foreach (var group in RuleGroups.Of(seen))
        {
            if (group.Selector is null)
                forAll = group;
            else if (Labels.Carry(clientLabels, group.Selector.MatchLabels))
                return group;
        }
        return forAll;
    }
}
