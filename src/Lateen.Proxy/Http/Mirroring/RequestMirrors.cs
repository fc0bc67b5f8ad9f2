// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Server;

namespace Lateen.Proxy.Http.Mirroring;

/// <summary>
/// The copies of one request that go elsewhere (Envoy <c>request_mirror_policies</c>). Made once per forwarder that ever had one.
/// What is told here is told to all of them; none of them is waited for.
/// </summary>
internal sealed class RequestMirrors(Worker worker)
{
    private readonly List<MirrorRequest> _open = [];
    private long _bytes;

    /// <summary>Sends off the copies that are due.</summary>
    /// <param name="request">As it goes to the upstream, but for what depends on the endpoint.</param>
    /// <param name="limit">How long a copy may take; zero for no limit.</param>
    public void Start(IReadOnlyList<MirrorPolicySpec> policies, RequestHead request, BodyLength length, TimeSpan limit)
    {
        _bytes = 0;
        for (var i = 0; i < policies.Count; i++)
        {
            var policy = policies[i];
            if (policy.Fraction is { } fraction && worker.NextRandom() % 1_000_000 >= fraction)
                continue;
            if (ClusterOf(policy, request) is not { } cluster)
                continue;
            var mirror = worker.Mirrors.Rent();
            mirror.Start(cluster, request, length, policy.AppendsSuffix, limit);
            // The head is all there is of it.
            if (length.Kind == BodyKind.None)
                mirror.Release();
            else
                _open.Add(mirror);
        }
    }

    /// <summary>A run of the body, once more for each try of the request.</summary>
    /// <param name="end">Bytes of the body up to its end.</param>
    public void OnData(ReadOnlySpan<byte> payload, long end)
    {
        if (end <= _bytes)
            return;
        var fresh = payload[^(int)Math.Min(payload.Length, end - _bytes)..];
        _bytes = end;
        for (var i = 0; i < _open.Count; i++)
            _open[i].OnData(fresh);
    }

    /// <summary>The body is complete; copies go on by themselves.</summary>
    public void OnEnd(HeaderMap trailers)
    {
        for (var i = 0; i < _open.Count; i++)
        {
            _open[i].OnEnd(trailers);
            _open[i].Release();
        }
        _open.Clear();
    }

    /// <summary>The request is over: copies that have not got all of it by now never will.</summary>
    public void OnOver()
    {
        for (var i = 0; i < _open.Count; i++)
        {
            _open[i].Abandon();
            _open[i].Release();
        }
        _open.Clear();
    }

    private ClusterRuntime? ClusterOf(MirrorPolicySpec policy, RequestHead request)
    {
        var clusters = worker.Runtime.Clusters;
        if (policy.ClusterHeader is not { } header)
            return clusters.GetValueOrDefault(policy.Cluster);
        return request.Headers.TryGet(header, out var name)
            ? clusters.GetValueOrDefault(Encoding.ASCII.GetString(name))
            : null;
    }
}
