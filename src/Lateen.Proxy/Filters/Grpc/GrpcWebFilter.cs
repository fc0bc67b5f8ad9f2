// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary>
/// Lets browsers, which know no trailers, call gRPC services (<c>envoy.filters.http.grpc_web</c>; gRPC-Web protocol): the request
/// becomes gRPC, the response's trailers become the last frame of its body.
/// </summary>
internal sealed class GrpcWebFilter : IHttpFilter
{
    private readonly StreamFilterPool<GrpcWebStream> _streams;
    private readonly byte[][] _scratch;

    public GrpcWebFilter(string name, int workers)
    {
        Name = name;
        _scratch = new byte[workers][];
        Array.Fill(_scratch, []);
        _streams = new StreamFilterPool<GrpcWebStream>(workers, worker => new GrpcWebStream(this, worker));
    }

    public string Name { get; }

    public FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control)
    {
        var headers = stream.Request.Headers;
        if (!headers.TryGet(KnownHeader.ContentType, out var type) || !IsGrpcWeb(type))
            return FilterVerdict.Continue;
        var mine = _streams.Rent(control.Worker);
        var acceptsText = headers.TryGet("accept"u8, out var accept) && IsText(accept);
        mine.Begin(stream, isTextRequest: IsText(type), isTextResponse: acceptsText);
        headers.Set(KnownHeader.ContentType, "application/grpc"u8);
        headers.Set(KnownHeader.Te, "trailers"u8);
        if (!headers.TryGet("grpc-accept-encoding"u8, out _))
            headers.Add("grpc-accept-encoding"u8, "identity"u8);
        return FilterVerdict.ContinueWith(mine);
    }

    public void OnResponseHead(StreamInfo stream) { }

    public void Return(int worker, GrpcWebStream stream) => _streams.Return(worker, stream);

    /// <summary>Room for one call's output, shared by all streams of a worker.</summary>
    public Span<byte> Scratch(int worker, int length)
    {
        if (_scratch[worker].Length < length)
            _scratch[worker] = new byte[Math.Max(length, 32 * 1024)];
        return _scratch[worker];
    }

    private static bool IsGrpcWeb(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("application/grpc-web"u8)
        || type.SequenceEqual("application/grpc-web+proto"u8)
        || IsText(type);

    private static bool IsText(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("application/grpc-web-text"u8) || type.SequenceEqual("application/grpc-web-text+proto"u8);
}
