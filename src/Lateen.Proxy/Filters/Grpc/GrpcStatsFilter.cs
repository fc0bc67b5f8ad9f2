// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Http;
using Lateen.Proxy.Stats;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary>Counts gRPC calls and their messages (<c>envoy.filters.http.grpc_stats</c>).</summary>
internal sealed class GrpcStatsFilter : IHttpFilter
{
    private readonly StreamFilterPool<GrpcStatsStream> _streams;

    public GrpcStatsFilter(string name, GrpcStatsSpec spec, HttpFilterEnvironment environment)
    {
        Name = name;
        Spec = spec;
        Environment = environment;
        _streams = new StreamFilterPool<GrpcStatsStream>(
            environment.Stats.Workers,
            worker => new GrpcStatsStream(this, worker)
        );
    }

    public string Name { get; }

    public GrpcStatsSpec Spec { get; }

    public HttpFilterEnvironment Environment { get; }

    public FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control)
    {
        if (!GrpcReply.IsGrpc(stream.Request))
            return FilterVerdict.Continue;
        var mine = _streams.Rent(control.Worker);
        mine.Begin(stream, control);
        return FilterVerdict.ContinueWith(mine);
    }

    public void OnResponseHead(StreamInfo stream) { }

    public void Return(int worker, GrpcStatsStream stream) => _streams.Return(worker, stream);
}
