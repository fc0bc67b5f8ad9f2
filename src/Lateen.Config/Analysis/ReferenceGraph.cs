// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>
/// Who defines what and who refers to it, kept up with every change, so that only those resources are checked again whose references came or went.
/// Used by one thread.
/// </summary>
internal sealed class ReferenceGraph
{
    /// <summary>How many resources define it.</summary>
    private readonly Dictionary<Reference, int> _defined = [];

    private readonly Dictionary<Reference, HashSet<ConfigKey>> _users = [];

    /// <summary>VirtualServices of a host in the mesh for a namespace, or for all, the one that wins first.</summary>
    private readonly Dictionary<(string Host, string Scope), SortedSet<HostClaim>> _claims = [];

    private ExportDefaults _defaults = ExportDefaults.Public;
    private HashSet<ConfigKey> _stale = [];

    /// <summary>Who sees VirtualServices that do not say it. Where that changes, so may who wins a host.</summary>
    public void Use(ExportDefaults defaults)
    {
        if (defaults == _defaults)
            return;
        _defaults = defaults;
        var services = _claims
            .Values.SelectMany(static claims => claims)
            .Select(static claim => claim.Service)
            .Distinct();
        ConfigResource<VirtualService>[] all = [.. services];
        _claims.Clear();
        foreach (var service in all)
        {
            _stale.Add(service.Key);
            AddClaims(service);
        }
    }

    /// <summary>Takes a resource out and puts another one in its place; either may be null.</summary>
    public void Replace(ConfigResource? before, ConfigResource? after)
    {
        // What both define does not go in between.
        foreach (var reference in after is null ? [] : Reference.DefinedBy(after))
            Define(reference);
        foreach (var reference in before is null ? [] : Reference.DefinedBy(before))
            Withdraw(reference);
        if (before is ConfigResource<VirtualService> old)
            Remove(old);
        if (after is ConfigResource<VirtualService> service)
            Add(service);
    }

    /// <summary>VirtualServices whose problems may be others than before. Those that are gone are among them.</summary>
    public IReadOnlyCollection<ConfigKey> TakeStale()
    {
        var stale = _stale;
        _stale = [];
        return stale;
    }

    /// <summary>What there is to say of a resource's references. It is in force all the same.</summary>
    public IReadOnlyList<Problem> ProblemsOf(ConfigResource resource)
    {
        if (resource is not ConfigResource<VirtualService> service)
            return [];
        var problems = RouteReferences.ProblemsOf(service, _defined.ContainsKey).ToList();
        foreach (var host in RouteReferences.HostsOf(service))
        {
            foreach (var scope in ScopesOf(service))
            {
                if (_claims[(host, scope)].Min is not { } winner || winner.Service.Key == service.Key)
                    continue;
                problems.Add(
                    ProblemCatalogue.HostTaken(
                        service.At,
                        service.Key.ToString(),
                        host,
                        winner.Service.Key.ToString(),
                        Loss.HowIn(scope)
                    )
                );
                break;
            }
        }
        return problems;
    }

    private void Define(Reference reference)
    {
        if (++CollectionsMarshal.GetValueRefOrAddDefault(_defined, reference, out _) == 1)
            _stale.UnionWith(UsersOf(reference));
    }

    private void Withdraw(Reference reference)
    {
        if (--CollectionsMarshal.GetValueRefOrAddDefault(_defined, reference, out _) > 0)
            return;
        _defined.Remove(reference);
        _stale.UnionWith(UsersOf(reference));
    }

    private IEnumerable<ConfigKey> UsersOf(Reference reference) =>
        _users.TryGetValue(reference, out var users) ? users : [];

    private void Add(ConfigResource<VirtualService> service)
    {
        _stale.Add(service.Key);
        foreach (var reference in RouteReferences.Of(service))
        {
            if (!_users.TryGetValue(reference, out var users))
                _users[reference] = users = [];
            users.Add(service.Key);
        }
        AddClaims(service);
    }

    private void AddClaims(ConfigResource<VirtualService> service)
    {
        foreach (var (key, claim) in ClaimsOf(service))
        {
            if (!_claims.TryGetValue(key, out var claims))
                _claims[key] = claims = new SortedSet<HostClaim>(HostClaim.Order);
            if (claims.Add(claim) && claims.Min == claim)
                LoseTo(service, claims);
        }
    }

    private void Remove(ConfigResource<VirtualService> service)
    {
        _stale.Add(service.Key);
        foreach (var reference in RouteReferences.Of(service))
        {
            if (_users.TryGetValue(reference, out var users) && users.Remove(service.Key) && users.Count == 0)
                _users.Remove(reference);
        }
        foreach (var (key, claim) in ClaimsOf(service))
        {
            if (!_claims.TryGetValue(key, out var claims))
                continue;
            if (claims.Min == claim)
                LoseTo(service, claims);
            claims.Remove(claim);
            if (claims.Count == 0)
                _claims.Remove(key);
        }
    }

    private IEnumerable<((string, string), HostClaim)> ClaimsOf(ConfigResource<VirtualService> service)
    {
        foreach (var host in RouteReferences.HostsOf(service))
        {
            foreach (var scope in ScopesOf(service))
                yield return ((host, scope), new HostClaim(service, IsOwn: scope == service.Namespace));
        }
    }

    private IReadOnlyList<string> ScopesOf(ConfigResource<VirtualService> service) => _defaults.Of(service).Scopes;

    /// <summary>Who wins a host changes: all others are told another name, or nothing any more.</summary>
    private void LoseTo(ConfigResource winner, SortedSet<HostClaim> claims)
    {
        foreach (var claim in claims)
        {
            if (!ReferenceEquals(claim.Service, winner))
                _stale.Add(claim.Service.Key);
        }
    }
}

/// <summary>A VirtualService that would route a host for a namespace.</summary>
/// <param name="IsOwn">It is of the namespace itself, and so comes before others.</param>
internal sealed record HostClaim(ConfigResource<VirtualService> Service, bool IsOwn)
{
    public static IComparer<HostClaim> Order { get; } =
        Comparer<HostClaim>.Create(
            static (x, y) =>
                x.IsOwn != y.IsOwn ? y.IsOwn.CompareTo(x.IsOwn) : ResourceOrder.Instance.Compare(x.Service, y.Service)
        );

    /// <summary>It stands for one reading of the resource.</summary>
    public bool Equals(HostClaim? other) => other is not null && ReferenceEquals(Service, other.Service);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Service);
}
