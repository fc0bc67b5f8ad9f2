// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Grpc;

/// <summary>One gRPC-Web call on its way through the <see cref="GrpcWebFilter"/>.</summary>
internal sealed class GrpcWebStream(GrpcWebFilter filter, int worker) : StreamFilter
{
    /// <summary>Flag of the frame that holds the trailers.</summary>
    private const byte TrailerFlag = 0x80;

    /// <summary>Bytes of an answer that is no gRPC that become <c>grpc-message</c>, as in Envoy.</summary>
    private const int MaxMessage = 16 * 1024;

    private static readonly byte[] s_badBase64 = "Bad gRPC-web request, invalid base64 data."u8.ToArray();
    private static readonly LocalReply s_badSize = BadRequest("grpc_base_64_decode_failed_bad_size");
    private static readonly LocalReply s_badData = BadRequest("grpc_base_64_decode_failed");

    private readonly GrpcMethod _method = new();
    private bool _isTracked;
    private bool _isTextRequest;
    private bool _isTextResponse;
    private Base64Decoder _decoder;
    private Base64FrameEncoder _encoder;

    /// <summary>The upstream's answer, or our own, is no gRPC: its body becomes the message of a status.</summary>
    private bool _isForeign;
    private byte[]? _message;
    private int _messageLength;

    public override bool ResizesRequest => true;

    public override bool ResizesResponse => true;

    public override bool HoldsResponseHead => _isForeign;

    public void Begin(StreamInfo stream, bool isTextRequest, bool isTextResponse)
    {
        _isTracked = _method.TrySet(stream.Request.Path);
        _isTextRequest = isTextRequest;
        _isTextResponse = isTextResponse;
        _decoder = default;
        _encoder = default;
        _isForeign = false;
        _messageLength = 0;
    }

    public override void RestartRequest() => _decoder = default;

    public override FilterVerdict OnRequestBody(StreamInfo stream, ref BodyPart part)
    {
        if (!_isTextRequest)
            return FilterVerdict.Continue;
        if (part.IsEnd && !_decoder.IsComplete)
            return FilterVerdict.Answer(s_badSize);
        var output = filter.Scratch(worker, Base64Decoder.MaxLength(part.Data.Length));
        if (!_decoder.TryDecode(part.Data, output, out var length))
            return FilterVerdict.Answer(s_badData);
        part.Data = output[..length];
        return FilterVerdict.Continue;
    }

    public override void OnResponseHead(StreamInfo stream)
    {
        var headers = stream.Response.Headers;
        Count(stream, headers);
        _isForeign = !stream.EndsWithHead && !IsGrpc(stream.Response);
        headers.Set(
            KnownHeader.ContentType,
            _isTextResponse ? "application/grpc-web-text+proto"u8 : "application/grpc-web+proto"u8
        );
    }

    public override void OnResponseBody(StreamInfo stream, ref BodyPart part)
    {
        if (_isForeign)
            TakeForeign(stream, ref part);
        else if (part.Trailers is { Count: > 0 } trailers)
            TakeTrailers(stream, trailers, ref part);
        else if (_isTextResponse && !part.Data.IsEmpty)
        {
            var output = filter.Scratch(worker, Base64FrameEncoder.MaxLength(part.Data.Length));
            part.Data = output[.._encoder.Encode(part.Data, output)];
        }
    }

    public override void Close() => filter.Return(worker, this);

    /// <summary>A gRPC answer, or one that is gRPC-Web's already.</summary>
    private static bool IsGrpc(ResponseHead head) =>
        head.Status == 200 && (GrpcReply.HasGrpcType(head.Headers) || HasGrpcWebType(head.Headers));

    private static bool HasGrpcWebType(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.ContentType, out var type))
            return false;
        var parameters = type.IndexOf((byte)';');
        type = (parameters < 0 ? type : type[..parameters]).TrimEnd((byte)' ');
        return Ascii.EqualsIgnoreCase(type, "application/grpc-web"u8)
            || Ascii.EqualsIgnoreCase(type, "application/grpc-web+proto"u8);
    }

    /// <summary>The trailers become a frame: lines of <c>name:value</c>, each with CR and LF.</summary>
    private void TakeTrailers(StreamInfo stream, HeaderMap trailers, ref BodyPart part)
    {
        Count(stream, trailers);
        part.DropsTrailers = true;
        var length = 0;
        for (var i = 0; i < trailers.Count; i++)
            length += trailers[i].IsRemoved ? 0 : trailers.Name(i).Length + trailers.Value(i).Length + 3;
        var frameLength = GrpcFrames.HeaderLength + length;
        var output = filter.Scratch(worker, Base64.GetMaxEncodedToUtf8Length(frameLength));
        output[0] = TrailerFlag;
        BinaryPrimitives.WriteInt32BigEndian(output[1..], length);
        var at = GrpcFrames.HeaderLength;
        for (var i = 0; i < trailers.Count; i++)
        {
            if (trailers[i].IsRemoved)
                continue;
            Put(trailers.Name(i), output, ref at);
            Put(":"u8, output, ref at);
            Put(trailers.Value(i), output, ref at);
            Put("\r\n"u8, output, ref at);
        }
        if (_isTextResponse)
            Base64.EncodeToUtf8InPlace(output, frameLength, out frameLength);
        part.Data = output[..frameLength];
    }

    private static void Put(ReadOnlySpan<byte> text, Span<byte> output, ref int at)
    {
        text.CopyTo(output[at..]);
        at += text.Length;
    }

    private void TakeForeign(StreamInfo stream, ref BodyPart part)
    {
        var taken = part.Data[..Math.Min(part.Data.Length, MaxMessage - _messageLength)];
        part.Data = default;
        if (!taken.IsEmpty)
            taken.CopyTo((_message ??= new byte[MaxMessage]).AsSpan(_messageLength));
        _messageLength += taken.Length;
        if (!part.IsEnd)
            return;
        part.DropsTrailers = true;
        var output = filter.Scratch(worker, _messageLength * 3);
        var length = GrpcReply.Encode(_message.AsSpan(0, _messageLength), output);
        stream.Response.Headers.Set("grpc-message"u8, output[..length]);
        stream.GrpcStatus = GrpcStatus.OfHttp(stream.Response.Status);
        stream.Response.Headers.SetNumber(KnownHeader.GrpcStatus, stream.GrpcStatus.Value);
    }

    /// <summary>Envoy's <c>cluster.&lt;name&gt;.grpc-web.*</c>.</summary>
    private void Count(StreamInfo stream, HeaderMap headers)
    {
        if (!GrpcStatus.TryGet(headers, out var status) || stream.Cluster is not { } cluster)
            return;
        var stats = cluster.Stats.GrpcWeb;
        (_isTracked && !_method.Name.IsEmpty ? stats.Of(_method.Name) : stats.All).OnStatus(worker, status);
    }

    private static LocalReply BadRequest(string details) => new(400, s_badBase64, details, ResponseFlags.None);
}
