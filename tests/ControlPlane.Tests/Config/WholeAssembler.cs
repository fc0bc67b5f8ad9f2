// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

/// <summary>
/// What the assembler's answers must be, worked out of all texts with every step and with nothing remembered but what is in force: slow, and short
/// enough to be read.
/// </summary>
internal sealed class WholeAssembler
{
    private Dictionary<ConfigKey, (string Text, ConfigResource Resource)> _inForce = [];

    public IReadOnlyList<ConfigResource> Resources { get; private set; } = [];

    public List<Problem> Problems { get; } = [];

    /// <param name="texts">In the order in which they count.</param>
    public void Take(IReadOnlyList<(string Name, DecodedText Read)> texts)
    {
        Problems.Clear();
        var next = new Dictionary<ConfigKey, (string Text, ConfigResource Resource)>();
        foreach (var (name, read) in texts)
        {
            Problems.AddRange(read.Problems);
            foreach (var resource in read.Resources)
            {
                if (!next.TryAdd(resource.Key, (name, resource)))
                    Problems.Add(
                        ProblemCatalogue.Duplicate(resource.At, resource.Key.ToString(), next[resource.Key].Resource.At)
                    );
            }
            foreach (var key in read.Refused)
            {
                if (!_inForce.TryGetValue(key, out var lastGood))
                    continue;
                var isDefined = texts.Any(text => text.Read.Resources.Any(resource => resource.Key == key));
                if (lastGood.Text == name || !isDefined)
                    next.TryAdd(key, (name, lastGood.Resource));
            }
        }
        foreach (var (name, _) in texts.Where(static text => !text.Read.IsComplete))
        {
            foreach (var (key, entry) in _inForce.Where(entry => entry.Value.Text == name))
                next.TryAdd(key, entry);
        }
        Analyse(next);
        _inForce = next;
        Resources = Sorted(next.Values.Select(static entry => entry.Resource)).ToList();
    }

    private static IEnumerable<ConfigResource> Sorted(IEnumerable<ConfigResource> resources) =>
        resources
            .OrderBy(static resource => resource.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue)
            .ThenBy(static resource => resource.Name, StringComparer.Ordinal)
            .ThenBy(static resource => resource.Namespace, StringComparer.Ordinal)
            .ThenBy(static resource => resource.Key.Group, StringComparer.Ordinal)
            .ThenBy(static resource => resource.Key.Kind, StringComparer.Ordinal);

    private void Analyse(Dictionary<ConfigKey, (string Text, ConfigResource Resource)> next)
    {
        var all = Sorted(next.Values.Select(static entry => entry.Resource)).ToList();
        var hosts = all.OfType<ConfigResource<Service>>()
            .Select(static service => HostNames.OfService(service.Name, service.Namespace))
            .Concat(all.OfType<ConfigResource<ServiceEntry>>().SelectMany(static entry => entry.Spec.Hosts))
            .ToHashSet();
        var gateways = all.OfType<ConfigResource<Gateway>>()
            .Select(static one => $"{one.Namespace}/{one.Name}")
            .ToHashSet();
        var subsets = all.OfType<ConfigResource<DestinationRule>>()
            .SelectMany(static rule =>
                rule.Spec.Subsets.Select(subset => (HostNames.Resolve(rule.Spec.Host, rule.Namespace), subset.Name))
            )
            .ToHashSet();
        var routes = all.OfType<ConfigResource<VirtualService>>().ToList();
        foreach (var service in routes)
            Problems.AddRange(Check(service, hosts, gateways, subsets, routes));
    }

    private static IEnumerable<Problem> Check(
        ConfigResource<VirtualService> service,
        HashSet<string> hosts,
        HashSet<string> gateways,
        HashSet<(string Host, string)> subsets,
        List<ConfigResource<VirtualService>> routes
    )
    {
        var (subject, at) = (service.Key.ToString(), service.At);
        foreach (var (i, name) in service.Spec.Gateways.Index())
        {
            if (name != "mesh" && !gateways.Contains(HostNames.Qualify(name, service.Namespace)))
                yield return ProblemCatalogue.UnknownGateway(at, subject, $"spec.gateways[{i}]", name);
        }
        foreach (var (r, rule) in service.Spec.Http.Index())
        {
            foreach (var (i, share) in rule.Route.Index())
            {
                var field = $"spec.http[{r}].route[{i}].destination";
                var host = HostNames.Resolve(share.Destination.Host, service.Namespace);
                var subset = share.Destination.Subset;
                if (!hosts.Contains(host))
                    yield return ProblemCatalogue.UnknownHost(at, subject, $"{field}.host", host);
                if (subset.Length == 0)
                    continue;
                var closest = subsets
                    .Select(static known => known.Host)
                    .Where(name =>
                        name == host || (name[0] == '*' && host.EndsWith(name[1..], StringComparison.Ordinal))
                    )
                    .MaxBy(name => name == host ? int.MaxValue : name.Length);
                if (closest is null)
                    yield return ProblemCatalogue.UnruledSubset(at, subject, $"{field}.subset", subset, host);
                else if (!subsets.Contains((closest, subset)))
                    yield return ProblemCatalogue.UnknownSubset(at, subject, $"{field}.subset", subset, host);
            }
        }
        foreach (var name in service.Spec.Gateways.Contains("mesh") ? service.Spec.Hosts : [])
        {
            var host = HostNames.Resolve(name, service.Namespace);
            foreach (var scope in ScopesOf(service))
            {
                // Of those that the namespace sees by the same word: its own, then the oldest.
                var winner = routes
                    .Where(one => one.Spec.Gateways.Contains("mesh") && ScopesOf(one).Contains(scope))
                    .Where(one => one.Spec.Hosts.Any(other => HostNames.Resolve(other, one.Namespace) == host))
                    .OrderBy(one => one.Namespace == scope ? 0 : 1)
                    .First();
                if (winner.Key == service.Key)
                    continue;
                var how = scope == "*" ? "is older and wins" : $"wins in the namespace {scope}";
                yield return ProblemCatalogue.HostTaken(at, subject, host, winner.Key.ToString(), how);
                break;
            }
        }
    }

    private static IReadOnlyList<string> ScopesOf(ConfigResource<VirtualService> service) =>
        service.Spec.ExportTo.Count == 0 || service.Spec.ExportTo.Contains("*")
            ? ["*"]
            : service.Spec.ExportTo.Select(word => word == "." ? service.Namespace : word).Distinct().ToList();
}
