// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Routing;

/// <summary>Executable form of a <see cref="RouteSpec"/>. Immutable, shared by all workers; its methods allocate nothing.</summary>
public sealed class RouteEntry
{
    private readonly HeaderMutations _mutations;
    private readonly HeaderMutations[] _clusterMutations;
    private readonly HostRewriter?[] _clusterHosts;
    private readonly RequestHasher? _hasher;
    private readonly ulong _totalWeight;
    private readonly string? _name;

    internal RouteEntry(RouteSpec spec, VirtualHost host, RouteConfigurationSpec table)
    {
        Spec = spec;
        Host = host;
        _name = spec.Name.Length == 0 ? null : spec.Name;
        Matcher = new RouteMatcher(spec.Match);
        HeaderMutationsSpec[] levels = [spec.Headers, host.Spec.Headers, table.Headers];
        if (table.MostSpecificHeadersWin)
            Array.Reverse(levels);
        _mutations = new HeaderMutations(levels);
        _clusterMutations = [];
        _clusterHosts = [];
        FilterOverrides = spec.FilterOverrides.Over(host.Spec.FilterOverrides);
        if (spec.Action is not ForwardActionSpec forward)
        {
            PathRewrite = spec.Action is RedirectActionSpec redirect ? PathRewriter.For(spec.Match, redirect) : null;
            return;
        }
        PathRewrite = PathRewriter.For(spec.Match, forward);
        HostRewrite = HostRewriter.For(forward);
        _hasher = forward.HashPolicies.Count == 0 ? null : new RequestHasher(forward.HashPolicies);
        RetryPolicy = forward.RetryPolicy ?? host.Spec.RetryPolicy;
        Retries = RetryPolicy is null ? null : new RetryRules(RetryPolicy);
        Mirrors =
            forward.Mirrors.Count > 0 ? forward.Mirrors
            : host.Spec.Mirrors.Count > 0 ? host.Spec.Mirrors
            : table.Mirrors;
        _clusterMutations = new HeaderMutations[forward.Clusters.Count];
        _clusterHosts = new HostRewriter?[forward.Clusters.Count];
        for (var i = 0; i < _clusterMutations.Length; i++)
        {
            _clusterMutations[i] = new HeaderMutations([forward.Clusters[i].Headers]);
            _clusterHosts[i] = HostRewriter.For(forward, forward.Clusters[i].HostRewrite);
            _totalWeight += forward.Clusters[i].Weight;
        }
    }

    public RouteSpec Spec { get; }

    public VirtualHost Host { get; }

    /// <summary>Null when the route has none.</summary>
    public string? Name => _name;

    public RetryPolicySpec? RetryPolicy { get; }

    /// <summary>The same, executable.</summary>
    internal RetryRules? Retries { get; }

    /// <summary>Who gets copies of its requests.</summary>
    public IReadOnlyList<MirrorPolicySpec> Mirrors { get; } = [];

    internal RouteMatcher Matcher { get; }

    internal PathRewriter? PathRewrite { get; }

    internal HostRewriter? HostRewrite { get; }

    /// <summary>Settings of filters for this route, those of its virtual host below them.</summary>
    public FilterOverrides FilterOverrides { get; }

    /// <summary>Index into <see cref="ForwardActionSpec.Clusters"/> by weight; -1 when there is none to choose from.</summary>
    public int PickCluster(ulong random)
    {
        var clusters = ((ForwardActionSpec)Spec.Action).Clusters;
        if (clusters.Count <= 1)
            return clusters.Count - 1;
        if (_totalWeight == 0)
            return -1;
        var at = random % _totalWeight;
        for (var i = 0; i < clusters.Count; i++)
        {
            if (at < clusters[i].Weight)
                return i;
            at -= clusters[i].Weight;
        }
        return -1;
    }

    /// <summary>Metadata that endpoints must have; null for none.</summary>
    /// <param name="cluster">Index of the weighted cluster; -1 for none.</param>
    public SubsetKey? SubsetFor(int cluster)
    {
        var forward = (ForwardActionSpec)Spec.Action;
        return (cluster >= 0 ? forward.Clusters[cluster].Subset : null) ?? forward.Subset;
    }

    /// <summary>What hash-based balancers choose the endpoint by; null without hash policies, or when they find nothing.</summary>
    /// <param name="client">Address of the client's side of the connection.</param>
    public ulong? HashFor(StreamInfo stream, in NetAddress client, ulong random) =>
        _hasher?.Hash(stream, client, random);

    /// <summary>Gives the request the authority of the endpoint it goes to (<c>auto_host_rewrite</c>). Before each attempt.</summary>
    public void PrepareForEndpoint(StreamInfo stream, EndpointState endpoint)
    {
        if (Spec.Action is ForwardActionSpec { AutoHostRewrite: true } && endpoint.RewriteHost is { } host)
            HostRewriter.Set(stream.Request, host, ((ForwardActionSpec)Spec.Action).AppendForwardedHost);
    }

    /// <summary>Puts the request into the shape the upstream gets: rewrites, then header mutations.</summary>
    /// <param name="tellsOriginal">A path that is rewritten stays known as x-envoy-original-path.</param>
    public void PrepareRequest(StreamInfo stream, int cluster, bool tellsOriginal = true)
    {
        var request = stream.Request;
        if (PathRewrite is not null && !request.Path.IsEmpty)
        {
            if (tellsOriginal)
                request.Headers.Set(KnownHeader.XEnvoyOriginalPath, request.Path);
            PathRewrite.Apply(request);
        }
        ((cluster >= 0 ? _clusterHosts[cluster] : null) ?? HostRewrite)?.Apply(request);
        if (cluster >= 0)
            _clusterMutations[cluster].ApplyToRequest(stream);
        _mutations.ApplyToRequest(stream);
    }

    /// <summary>Applies header mutations to the response.</summary>
    public void PrepareResponse(StreamInfo stream, int cluster)
    {
        if (cluster >= 0 && cluster < _clusterMutations.Length)
            _clusterMutations[cluster].ApplyToResponse(stream);
        _mutations.ApplyToResponse(stream);
        if (stream.MadeCookie != 0)
            _hasher?.AddCookie(stream);
    }
}
