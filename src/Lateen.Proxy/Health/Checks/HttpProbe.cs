// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks by a request over HTTP/1.1 or HTTP/2, and goes by the answer's status, head and body.</summary>
internal sealed class HttpProbe(HttpProbeSpec spec, ProbeTarget target, ProbeConnection connection) : Probe
{
    /// <summary>Looked at where <c>response_buffer_size</c> sets no limit.</summary>
    private const int MaxBody = 1024 * 1024;

    private static readonly HeaderMap s_noTrailers = new();

    private readonly HeaderMutations _mutations = new([spec.Headers]);
    private readonly ByteMatcher? _serviceName = spec.ServiceName is null ? null : new ByteMatcher(spec.ServiceName);
    private readonly byte[] _method = Encoding.ASCII.GetBytes(spec.Method);
    private readonly byte[] _path = Encoding.ASCII.GetBytes(spec.Path);
    private readonly byte[] _authority = Encoding.ASCII.GetBytes(target.Authority(spec.Host));
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
        var stream = await connection.TakeAsync(spec.IsHttp2);
        if (stream is null)
            return ProbeOutcome.Unreachable;
        info.Clear();
        WriteRequest(info);
        var outcome = stream.WriteHead(info.Request, LengthOfBody(), info.Response)
            ? await ConverseAsync(stream, info.Response)
            : ProbeOutcome.Unreachable;
        connection.Return(isClean: stream.IsBodyComplete && outcome != ProbeOutcome.Unreachable);
        return outcome;
    }

    private void WriteRequest(StreamInfo info)
    {
        var request = info.Request;
        request.SetMethod(_method);
        request.SetScheme(target.Endpoint.Socket.IsTls ? "https"u8 : "http"u8);
        request.SetAuthority(_authority);
        request.SetPath(_path);
        request.Headers.Add(KnownHeader.UserAgent, "Envoy/HC"u8);
        info.UpstreamHost = target.Endpoint.AddressText;
        info.UpstreamCluster = target.Cluster.Spec.Name;
        _mutations.ApplyToRequest(info);
    }

    private BodyLength LengthOfBody() =>
        spec.Payload.Length > 0 ? BodyLength.Known(spec.Payload.Length) : BodyLength.None;

    private async LoopTask<ProbeOutcome> ConverseAsync(ClientStream stream, ResponseHead response)
    {
        if (await SendAsync(stream) < 0)
            return Broken(stream);
        ResponseHeadStatus status;
        do status = await stream.ReadHeadAsync();
        while (status == ResponseHeadStatus.Interim);
        if (status != ResponseHeadStatus.Final)
            return Broken(stream);
        var matches = await ReadBodyAsync(stream);
        return matches is null ? ProbeOutcome.Unreachable : Judge(response, matches.Value);
    }

    private ProbeOutcome Broken(ClientStream stream)
    {
        _isStale = stream.IsReused;
        return ProbeOutcome.Unreachable;
    }

    private async LoopTask<int> SendAsync(ClientStream stream)
    {
        var sent = 0;
        while (true)
        {
            var piece = spec.Payload.AsSpan(sent, Math.Clamp(stream.Room, 0, spec.Payload.Length - sent));
            stream.Append(piece);
            sent += piece.Length;
            var isComplete = sent == spec.Payload.Length;
            if (isComplete)
                stream.End(s_noTrailers);
            var result = await stream.FlushAsync();
            if (isComplete || result < 0)
                return result;
            if (await stream.WaitForRoomAsync() is var room && room < 0)
                return room;
        }
    }

    /// <summary>Whether the body has what it should; null when it broke off.</summary>
    private async LoopTask<bool?> ReadBodyAsync(ClientStream stream)
    {
        var most = spec.BufferSize == 0 ? MaxBody : spec.BufferSize;
        var kept = spec.Receive.Count > 0 ? new List<byte>() : null;
        while (true)
        {
            switch (stream.Read(int.MaxValue, out var payload))
            {
                case BodyStatus.Complete:
                    return kept is null || PayloadMatch.Contains(kept.ToArray(), spec.Receive);
                case BodyStatus.Fault:
                    return null;
                case BodyStatus.Data:
                    kept?.AddRange(payload[..Math.Min(payload.Length, most - kept.Count)]);
                    break;
                default:
                    stream.Release();
                    if (await stream.WaitForBodyAsync() < 0)
                        return null;
                    break;
            }
        }
    }

    private ProbeOutcome Judge(ResponseHead response, bool hasBody)
    {
        var isExpected = hasBody && IsIn(spec.Expected, response.Status);
        if (!isExpected && response.Headers.IndexOf("x-envoy-immediate-health-check-fail"u8) >= 0)
            target.Endpoint.SetFlags(HealthFlags.ExcludedByImmediateFailure);
        if (!hasBody)
            return ProbeOutcome.Failed;
        if (!isExpected)
            return IsIn(spec.Retriable, response.Status) ? ProbeOutcome.FailedForNow : ProbeOutcome.Failed;
        if (_serviceName is not null && !IsTheService(response.Headers))
            return ProbeOutcome.Failed;
        return response.Headers.IndexOf("x-envoy-degraded"u8) >= 0 ? ProbeOutcome.Degraded : ProbeOutcome.Passed;
    }

    private bool IsTheService(HeaderMap headers)
    {
        target.Cluster.State.CheckStats.OnVerified();
        headers.TryGet("x-envoy-upstream-healthchecked-cluster"u8, out var name);
        return _serviceName!.Matches(name);
    }

    private static bool IsIn(IReadOnlyList<StatusRange> ranges, int status)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Contains(status))
                return true;
        }
        return false;
    }
}
