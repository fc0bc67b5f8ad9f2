// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;

namespace Lateen.Config.Analysis;

/// <summary>
/// Which of several VirtualServices has something, a host in the mesh say, in the namespaces that see them: the namespace's own, then those that
/// name it, then those for everybody, the oldest first in each.
/// </summary>
internal sealed class ScopedClaims<T>
    where T : notnull
{
    private readonly ExportDefaults _defaults;
    private readonly Dictionary<(T Claim, string Scope), ConfigResource<VirtualService>> _winners = [];

    /// <summary>Namespaces with a winner of their own, by what they have.</summary>
    private readonly Dictionary<T, List<string>> _narrow = [];

    /// <param name="services">Oldest first.</param>
    public ScopedClaims(
        IReadOnlyList<ConfigResource<VirtualService>> services,
        Func<ConfigResource<VirtualService>, IEnumerable<T>> claimsOf,
        ExportDefaults defaults
    )
    {
        _defaults = defaults;
        foreach (var isOwn in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var service in services)
            {
                foreach (var scope in defaults.Of(service).Scopes.Where(scope => scope == service.Namespace == isOwn))
                {
                    foreach (var claim in claimsOf(service))
                        Put(claim, scope, service);
                }
            }
        }
    }

    /// <summary>Where a VirtualService goes empty, since another one of its standing has it; null when it does nowhere.</summary>
    public Loss? LossOf(ConfigResource<VirtualService> service, T claim)
    {
        foreach (var scope in _defaults.Of(service).Scopes)
        {
            if (_winners[(claim, scope)] is var winner && winner != service)
                return new Loss(winner, scope);
        }
        return null;
    }

    /// <summary>Where one that is for everybody has to stand back behind others that are for some, by who these are.</summary>
    public IEnumerable<IGrouping<ConfigKey, string>> Exceptions(ConfigResource<VirtualService> service, T claim) =>
        _defaults.Of(service).IsPublic && _narrow.TryGetValue(claim, out var scopes)
            ? scopes.GroupBy(scope => _winners[(claim, scope)].Key)
            : [];

    private void Put(T claim, string scope, ConfigResource<VirtualService> service)
    {
        if (!_winners.TryAdd((claim, scope), service) || scope == Exports.All)
            return;
        if (!_narrow.TryGetValue(claim, out var scopes))
            _narrow[claim] = scopes = [];
        scopes.Add(scope);
    }
}

/// <summary>Who wins, and where.</summary>
/// <param name="Scope">A namespace, or <see cref="Exports.All"/>.</param>
internal readonly record struct Loss(ConfigResource<VirtualService> Winner, string Scope)
{
    /// <summary>Why it wins, or where, as part of a sentence.</summary>
    public string How => HowIn(Scope);

    public static string HowIn(string scope) =>
        scope == Exports.All ? "is older and wins" : $"wins in the namespace {scope}";
}
