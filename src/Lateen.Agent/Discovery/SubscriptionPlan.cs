// SPDX-License-Identifier: Apache-2.0
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>
/// What one stream asks for, and when: clusters first, their endpoints, listeners once those are there, then the
/// listeners' routes; secrets as soon as something names them. Shared by both variants of the protocol.
/// </summary>
internal sealed class SubscriptionPlan(IResourceConsumer consumer, KnownResources known)
{
    private readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaitedEndpoints = new(StringComparer.Ordinal);
    private bool _hasClusters;
    private bool _askedForListeners;

    /// <summary>Names subscribed to so far.</summary>
    public IReadOnlyCollection<string> Names(string typeUrl) => Set(typeUrl);

    /// <summary>
    /// What a new stream asks for besides clusters: all that earlier ones, or the disk, brought. A server that has nothing
    /// new may not answer at all, so that no request may wait for an answer.
    /// </summary>
    public IReadOnlyList<SubscriptionChange> Resume()
    {
        var changes = new List<SubscriptionChange>();
        if (known.Of(TypeUrls.Cluster).Count == 0)
            return AfterGivingUp();
        OnClusters(changes);
        AskForListeners(changes);
        if (_askedForListeners && Compare(TypeUrls.Route) is { } routes)
            changes.Add(routes);
        AskForSecrets(changes);
        return changes;
    }

    /// <summary>Takes note of what came, and says what must be asked for next.</summary>
    public IReadOnlyList<SubscriptionChange> After(ResourceUpdate update)
    {
        var changes = new List<SubscriptionChange>();
        if (update.TypeUrl == TypeUrls.Cluster)
        {
            OnClusters(changes);
        }
        else if (update.TypeUrl == TypeUrls.Endpoints)
        {
            _awaitedEndpoints.ExceptWith(update.Changed.Select(static resource => resource.Name));
            _awaitedEndpoints.ExceptWith(update.Removed);
        }
        else if (update.TypeUrl == TypeUrls.Listener && Compare(TypeUrls.Route) is { } change)
        {
            changes.Add(change);
        }
        AskForListeners(changes);
        if (update.TypeUrl is TypeUrls.Cluster or TypeUrls.Listener)
            AskForSecrets(changes);
        return changes;
    }

    /// <summary>Something is waited for no longer (<c>initial_fetch_timeout</c>): what waits for it is asked for without.</summary>
    public IReadOnlyList<SubscriptionChange> AfterGivingUp()
    {
        var changes = new List<SubscriptionChange>();
        AskForListeners(changes);
        return changes;
    }

    private void AskForSecrets(List<SubscriptionChange> changes)
    {
        if (Compare(TypeUrls.Secret) is { } change)
            changes.Add(change);
    }

    private void OnClusters(List<SubscriptionChange> changes)
    {
        _hasClusters = true;
        if (Compare(TypeUrls.Endpoints) is not { } change)
            return;
        // What an earlier stream brought is here already, and is only sent again if it changed.
        _awaitedEndpoints.UnionWith(change.Added.Except(known.Of(TypeUrls.Endpoints).Keys));
        _awaitedEndpoints.ExceptWith(change.Removed);
        changes.Add(change);
    }

    private void AskForListeners(List<SubscriptionChange> changes)
    {
        if (_askedForListeners)
            return;
        _hasClusters |= consumer.HasGivenUp(TypeUrls.Cluster, "");
        _awaitedEndpoints.RemoveWhere(name => consumer.HasGivenUp(TypeUrls.Endpoints, name));
        if (!_hasClusters || _awaitedEndpoints.Count > 0)
            return;
        _askedForListeners = true;
        changes.Add(new SubscriptionChange(TypeUrls.Listener, [], []));
    }

    private SubscriptionChange? Compare(string typeUrl)
    {
        var wanted = consumer.ReferencedNames(typeUrl);
        var current = Set(typeUrl);
        var added = wanted.Where(name => !current.Contains(name)).ToList();
        var removed = current.Where(name => !wanted.Contains(name)).ToList();
        if (added.Count == 0 && removed.Count == 0)
            return null;
        current.UnionWith(added);
        current.ExceptWith(removed);
        return new SubscriptionChange(typeUrl, added, removed);
    }

    private HashSet<string> Set(string typeUrl) =>
        _names.TryGetValue(typeUrl, out var set) ? set : _names[typeUrl] = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>A change of what is asked for; for a wildcard type without names, its first request.</summary>
internal sealed record SubscriptionChange(string TypeUrl, IReadOnlyList<string> Added, IReadOnlyList<string> Removed);
