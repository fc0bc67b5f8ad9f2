// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Lateen.Config;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Mesh;

/// <summary>
/// Every definition of a service, and which of them a namespace sees. Nearly all are seen by all and are the only one of their host: namespaces
/// share what they see of these, and each has what differs on top.
/// </summary>
internal sealed class ServiceIndex
{
    private readonly Dictionary<string, MeshService> _common;

    /// <summary>Hosts with several definitions, or with one that not everybody sees. Services come first, then the oldest.</summary>
    private readonly Dictionary<string, List<MeshService>> _special = new(StringComparer.Ordinal);

    /// <summary>The special hosts of which a namespace may see something else than others do.</summary>
    private readonly Dictionary<string, HashSet<string>> _specialIn = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, VisibleServices> _visible = new(StringComparer.Ordinal);
    private readonly VisibleServices _everybody;
    private readonly ExportDefaults _defaults;
    private readonly List<Problem> _problems = [];

    /// <param name="definitions">Services first, then the oldest.</param>
    /// <param name="defaults">Who sees those that do not say it.</param>
    public ServiceIndex(List<MeshService> definitions, ExportDefaults defaults)
    {
        _defaults = defaults;
        _common = new Dictionary<string, MeshService>(definitions.Count, StringComparer.Ordinal);
        foreach (var definition in definitions)
            Add(definition);
        foreach (var (host, rivals) in _special)
        {
            if (WinnerIn(Exports.All, rivals) is { } winner)
                _common[host] = winner;
            else
                _common.Remove(host);
            foreach (var ns in NamespacesOf(rivals))
            {
                if (!_specialIn.TryGetValue(ns, out var hosts))
                    _specialIn[ns] = hosts = new HashSet<string>(StringComparer.Ordinal);
                hosts.Add(host);
            }
            if (rivals.Count > 1)
                TellOfLosers(host, rivals);
        }
        _everybody = VisibleServices.Of(_common);
        All = _special.Count == 0 ? _everybody.Sorted : Sorted(definitions);
    }

    /// <summary>All definitions, sorted by host; of one host first those that come first.</summary>
    public IReadOnlyList<MeshService> All { get; }

    /// <summary>Who has lost a host to another one.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>What those see whom nobody named; else any definition.</summary>
    public MeshService? Find(string host) =>
        _everybody.Find(host) ?? (_special.TryGetValue(host, out var rivals) ? rivals[0] : null);

    public VisibleServices For(string ns) =>
        _specialIn.TryGetValue(ns, out var hosts)
            ? _visible.GetOrAdd(ns, static (ns, at) => at.Index.Build(ns, at.hosts), (Index: this, hosts))
            : _everybody;

    private void Add(MeshService definition)
    {
        var host = definition.Host;
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_common, host, out var isKnown);
        if (!isKnown)
        {
            first = definition;
            if (!ExportsOf(definition).IsPublic)
                _special[host] = [definition];
            return;
        }
        // A resource may name a host twice.
        if (first!.Resource == definition.Resource)
            return;
        if (!_special.TryGetValue(host, out var rivals))
            _special[host] = rivals = [first];
        rivals.Add(definition);
    }

    private VisibleServices Build(string ns, HashSet<string> hosts)
    {
        var others = new SortedDictionary<string, MeshService?>(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            var mine = WinnerIn(ns, _special[host]);
            if (!ReferenceEquals(mine, _everybody.Find(host)))
                others[host] = mine;
        }
        return others.Count == 0 ? _everybody : _everybody.With(others);
    }

    /// <summary>
    /// A client's own namespace comes first, then Services, so that nobody takes a host away from one, then who names the client's namespace, then
    /// age (Istio's order).
    /// </summary>
    private MeshService? WinnerIn(string ns, List<MeshService> rivals)
    {
        var (best, least) = ((MeshService?)null, int.MaxValue);
        foreach (var rival in rivals)
        {
            var exports = ExportsOf(rival);
            if (!exports.IsSeenIn(ns))
                continue;
            var rank =
                (rival.Namespace == ns ? 0 : 4)
                + (rival.Resource is ConfigResource<Service> ? 0 : 2)
                + (exports.IsPublic ? 1 : 0);
            if (rank < least)
                (best, least) = (rival, rank);
        }
        return best;
    }

    private Exports ExportsOf(MeshService service) => service.ExportsBy(_defaults);

    private IEnumerable<string> NamespacesOf(List<MeshService> rivals) =>
        rivals
            .SelectMany(rival => ExportsOf(rival) is { IsPublic: false } some ? some.Scopes : [rival.Namespace])
            .Distinct(StringComparer.Ordinal);

    private void TellOfLosers(string host, List<MeshService> rivals)
    {
        var told = new HashSet<ConfigKey>();
        foreach (var scope in NamespacesOf(rivals).Order(StringComparer.Ordinal).Prepend(Exports.All))
        {
            if (WinnerIn(scope, rivals) is not { } winner)
                continue;
            foreach (var rival in rivals)
            {
                if (
                    rival.Resource != winner.Resource
                    && ExportsOf(rival).IsSeenIn(scope)
                    && told.Add(rival.Resource.Key)
                )
                    _problems.Add(MeshProblems.HostTaken(rival.Resource, host, winner.Resource.Key, How(scope)));
            }
        }
    }

    private static string How(string scope) =>
        scope == Exports.All ? "is older and wins" : $"wins in the namespace {scope}";

    private static MeshService[] Sorted(List<MeshService> definitions) =>
        definitions.OrderBy(static service => service.Host, StringComparer.Ordinal).ToArray();
}
