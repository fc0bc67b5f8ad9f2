// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>
/// The DestinationRules of one namespace, by host, oldest first. Of several hosts that cover a service the most specific one decides alone,
/// among those rules that are there to be looked at; who of them is seen is asked only then (Istio's order).
/// </summary>
internal sealed class NamespaceRules(string ns)
{
    /// <summary>Those that the namespace's own clients see.</summary>
    private readonly HostTable<List<ExportedRule>> _local = new();

    /// <summary>Those that nobody else sees. Null while there is none.</summary>
    private HostTable<List<ExportedRule>>? _private;

    /// <summary>Those that others see. Null while these are all.</summary>
    private HostTable<List<ExportedRule>>? _exported;

    /// <summary>What would be in <see cref="_exported"/>, while it is null.</summary>
    private readonly List<ExportedRule> _all = [];

    /// <summary>Whether one asks for labels of the workloads that call.</summary>
    public bool HaveSelectors { get; private set; }

    public void Add(ExportedRule rule)
    {
        HaveSelectors |= rule.Selector is not null;
        var (isLocal, goesBeyond) = (rule.Exports.IsSeenIn(ns), rule.Exports.GoBeyond(ns));
        if (!(isLocal && goesBeyond))
            _exported ??= TableOf(_all);
        if (isLocal)
            Put(_local, rule);
        if (isLocal && !goesBeyond)
            Put(_private ??= new HostTable<List<ExportedRule>>(), rule);
        if (!goesBeyond)
            return;
        if (_exported is null)
            _all.Add(rule);
        else
            Put(_exported, rule);
    }

    /// <summary>Rules for the namespace's own clients; null for none.</summary>
    public IReadOnlyList<ExportedRule>? Local(string host, bool onlyPrivate) =>
        onlyPrivate ? _private?.Find(host) : _local.Find(host);

    /// <summary>Rules for clients of another namespace, or of this one as of any other; null for none.</summary>
    public IReadOnlyList<ExportedRule>? Exported(string host, string clientNamespace)
    {
        if ((_exported ?? _local).Find(host) is not { } rules)
            return null;
        var seen = rules.FindAll(rule => rule.Exports.IsSeenIn(clientNamespace));
        return seen.Count == 0 ? null : seen;
    }

    private static HostTable<List<ExportedRule>> TableOf(List<ExportedRule> rules)
    {
        var table = new HostTable<List<ExportedRule>>();
        foreach (var rule in rules)
            Put(table, rule);
        return table;
    }

    private static void Put(HostTable<List<ExportedRule>> table, ExportedRule rule) =>
        table.GetOrAdd(HostNames.Resolve(rule.Rule.Spec.Host, rule.Rule.Namespace), static () => []).Add(rule);
}
