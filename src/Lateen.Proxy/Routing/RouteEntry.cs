// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Routing;

/// <summary>Executable form of a <see cref="RouteSpec"/>. Immutable, shared by all workers; its methods allocate nothing.</summary>
public sealed class RouteEntry
{
    private readonly HeaderMutations _mutations;
    private readonly HeaderMutations[] _clusterMutations;
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
        if (spec.Action is not ForwardActionSpec forward)
        {
            PathRewrite = spec.Action is RedirectActionSpec redirect ? PathRewriter.For(spec.Match, redirect) : null;
            return;
        }
        PathRewrite = PathRewriter.For(spec.Match, forward);
        HostRewrite = forward.HostRewrite is null ? null : Encoding.ASCII.GetBytes(forward.HostRewrite);
        RetryPolicy = forward.RetryPolicy ?? host.Spec.RetryPolicy;
        _clusterMutations = new HeaderMutations[forward.Clusters.Count];
        for (var i = 0; i < _clusterMutations.Length; i++)
        {
            _clusterMutations[i] = new HeaderMutations([forward.Clusters[i].Headers]);
            _totalWeight += forward.Clusters[i].Weight;
        }
    }

    public RouteSpec Spec { get; }

    public VirtualHost Host { get; }

    /// <summary>Null when the route has none.</summary>
    public string? Name => _name;

    public RetryPolicySpec? RetryPolicy { get; }

    internal RouteMatcher Matcher { get; }

    internal PathRewriter? PathRewrite { get; }

    internal byte[]? HostRewrite { get; }

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

    /// <summary>Puts the request into the shape the upstream gets: rewrites, then header mutations.</summary>
    public void PrepareRequest(StreamInfo stream, int cluster)
    {
        var request = stream.Request;
        if (PathRewrite is not null)
        {
            request.Headers.Set(KnownHeader.XEnvoyOriginalPath, request.Path);
            PathRewrite.Apply(request);
        }
        if (HostRewrite is not null)
        {
            if (((ForwardActionSpec)Spec.Action).AppendForwardedHost)
                request.Headers.Add(KnownHeader.XForwardedHost, request.Authority);
            request.SetAuthority(HostRewrite);
        }
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
    }
}
