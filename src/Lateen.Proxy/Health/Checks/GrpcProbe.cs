// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks by a call of <c>grpc.health.v1.Health/Check</c>.</summary>
internal sealed class GrpcProbe(GrpcProbeSpec spec, TimeSpan timeout, ProbeTarget target, ProbeConnection connection)
    : Probe
{
    private static readonly HeaderMap s_noTrailers = new();

    private readonly HeaderMutations _metadata = new([spec.Metadata]);
    private readonly byte[] _authority = Encoding.ASCII.GetBytes(target.Authority(spec.Authority));
    private readonly byte[] _timeout = Encoding.ASCII.GetBytes(TextOf(timeout));
    private readonly byte[] _question = HealthMessages.WriteRequest(spec.ServiceName);
    private bool _isStale;

    public override async LoopTask<ProbeOutcome> AskAsync()
    {
        var info = target.Checks.Streams.Rent();
        var outcome = await AskOnceAsync(info);
        // Whoever closes a connection that was kept says nothing about its health.
        if (_isStale)
            outcome = await AskOnceAsync(info);
        info.Clear();
        target.Checks.Streams.Return(info);
        return outcome;
    }

    public override void Abort() => connection.Abort();

    public override void Close() => connection.Close();

    private async LoopTask<ProbeOutcome> AskOnceAsync(StreamInfo info)
    {
        _isStale = false;
        var stream = await connection.TakeAsync(isHttp2: true);
        if (stream is null)
            return ProbeOutcome.Unreachable;
        info.Clear();
        WriteRequest(info);
        var outcome = stream.WriteHead(info.Request, BodyLength.Unknown, info.Response)
            ? await ConverseAsync(stream, info.Response)
            : ProbeOutcome.Unreachable;
        connection.Return(isClean: stream.IsBodyComplete);
        return outcome;
    }

    private void WriteRequest(StreamInfo info)
    {
        var request = info.Request;
        request.SetMethod("POST"u8);
        request.SetScheme(target.Endpoint.Socket.IsTls ? "https"u8 : "http"u8);
        request.SetAuthority(_authority);
        request.SetPath("/grpc.health.v1.Health/Check"u8);
        request.Headers.Add(KnownHeader.ContentType, "application/grpc"u8);
        request.Headers.Add(KnownHeader.Te, "trailers"u8);
        request.Headers.Add(KnownHeader.UserAgent, "Envoy/HC"u8);
        request.Headers.Add(KnownHeader.GrpcTimeout, _timeout);
        info.UpstreamHost = target.Endpoint.AddressText;
        info.UpstreamCluster = target.Cluster.Spec.Name;
        _metadata.ApplyToRequest(info);
    }

    private async LoopTask<ProbeOutcome> ConverseAsync(ClientStream stream, ResponseHead response)
    {
        // A window that is smaller than a question of a few bytes belongs to no server of gRPC.
        if (stream.Room < _question.Length)
            return ProbeOutcome.Unreachable;
        stream.Append(_question);
        stream.End(s_noTrailers);
        if (await stream.FlushAsync() < 0)
            return Broken(stream);
        ResponseHeadStatus status;
        do status = await stream.ReadHeadAsync();
        while (status == ResponseHeadStatus.Interim);
        if (status != ResponseHeadStatus.Final)
            return Broken(stream);
        if (response.Status != 200 || !HasGrpcType(response.Headers))
            return ProbeOutcome.Failed;
        return await ReadAnswerAsync(stream, response);
    }

    private ProbeOutcome Broken(ClientStream stream)
    {
        _isStale = stream.IsReused;
        return ProbeOutcome.Unreachable;
    }

    private static async LoopTask<ProbeOutcome> ReadAnswerAsync(ClientStream stream, ResponseHead response)
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
