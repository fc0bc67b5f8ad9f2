// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks by a call of <c>grpc.health.v1.Health/Check</c>.</summary>
internal sealed class GrpcProbe(GrpcProbeSpec spec, TimeSpan timeout, ProbeTarget target, ProbeConnection connection)
    : RequestProbe(
        target,
        connection,
        Encoding.ASCII.GetBytes(target.Authority(spec.Authority)),
        new HeaderMutations([spec.Metadata])
    )
{
    private readonly byte[] _timeout = Encoding.ASCII.GetBytes(TextOf(timeout));
    private readonly byte[] _question = HealthMessages.WriteRequest(spec.ServiceName);

    protected override bool IsHttp2 => true;

    protected override BodyLength Length => BodyLength.Unknown;

    protected override void WriteHead(RequestHead request)
    {
        request.SetMethod("POST"u8);
        request.SetPath("/grpc.health.v1.Health/Check"u8);
        request.Headers.Add(KnownHeader.ContentType, "application/grpc"u8);
        request.Headers.Add(KnownHeader.Te, "trailers"u8);
        request.Headers.Add(KnownHeader.UserAgent, "Envoy/HC"u8);
        request.Headers.Add(KnownHeader.GrpcTimeout, _timeout);
    }

    protected override LoopTask<int> SendAsync(ClientStream stream)
    {
        // A window that is smaller than a question of a few bytes belongs to no server of gRPC.
        if (stream.Room < _question.Length)
            return new LoopTask<int>(IoResult.Failed);
        stream.Append(_question);
        stream.End(NoTrailers);
        return stream.FlushAsync();
    }

    protected override LoopTask<ProbeOutcome> ReadAnswerAsync(ClientStream stream, ResponseHead response) =>
        response.Status == 200 && HasGrpcType(response.Headers)
            ? ReadMessageAsync(stream, response)
            : new LoopTask<ProbeOutcome>(ProbeOutcome.Failed);

    private static async LoopTask<ProbeOutcome> ReadMessageAsync(ClientStream stream, ResponseHead response)
    {
        var message = new List<byte>();
        while (true)
        {
            switch (stream.Read(int.MaxValue, out var payload))
            {
                case BodyStatus.Complete:
                    // Without a message the status stands in the head ("trailers only").
                    var isOk = HasStatusOk(stream.Trailers) || (message.Count == 0 && HasStatusOk(response.Headers));
                    return isOk && HealthMessages.IsServing(message.ToArray())
                        ? ProbeOutcome.Passed
                        : ProbeOutcome.Failed;
                case BodyStatus.Fault:
                    return ProbeOutcome.Unreachable;
                case BodyStatus.Data when message.Count + payload.Length > HealthMessages.MaxAnswer:
                    return ProbeOutcome.Failed;
                case BodyStatus.Data:
                    message.AddRange(payload);
                    break;
                default:
                    stream.Release();
                    if (await stream.WaitForBodyAsync() < 0)
                        return ProbeOutcome.Unreachable;
                    break;
            }
        }
    }

    private static bool HasGrpcType(HeaderMap headers) =>
        headers.TryGet(KnownHeader.ContentType, out var type) && type.StartsWith("application/grpc"u8);

    private static bool HasStatusOk(HeaderMap headers) =>
        headers.TryGet(KnownHeader.GrpcStatus, out var status)
        && Utf8Parser.TryParse(status, out int code, out var used)
        && used == status.Length
        && code == 0;

    private static string TextOf(TimeSpan timeout) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Math.Clamp((long)Math.Ceiling(timeout.TotalMilliseconds), 1, 99_999_999)}m"
        );
}
