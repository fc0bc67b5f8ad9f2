// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks by a request over HTTP/1.1 or HTTP/2, and goes by the answer's status, head and body.</summary>
internal sealed class HttpProbe(HttpProbeSpec spec, ProbeTarget target, ProbeConnection connection)
    : RequestProbe(
        target,
        connection,
        Encoding.ASCII.GetBytes(target.Authority(spec.Host)),
        new HeaderMutations([spec.Headers])
    )
{
    /// <summary>Looked at where <c>response_buffer_size</c> sets no limit.</summary>
    private const int MaxBody = 1024 * 1024;

    private readonly ByteMatcher? _serviceName = spec.ServiceName is null ? null : new ByteMatcher(spec.ServiceName);
    private readonly byte[] _method = Encoding.ASCII.GetBytes(spec.Method);
    private readonly byte[] _path = Encoding.ASCII.GetBytes(spec.Path);

    protected override bool IsHttp2 => spec.IsHttp2;

    protected override BodyLength Length =>
        spec.Payload.Length > 0 ? BodyLength.Known(spec.Payload.Length) : BodyLength.None;

    protected override void WriteHead(RequestHead request)
    {
        request.SetMethod(_method);
        request.SetPath(_path);
        request.Headers.Add(KnownHeader.UserAgent, "Envoy/HC"u8);
    }

    protected override async LoopTask<ProbeOutcome> ReadAnswerAsync(ClientStream stream, ResponseHead response)
    {
        var matches = await ReadBodyAsync(stream);
        return matches is null ? ProbeOutcome.Unreachable : Judge(response, matches.Value);
    }

    protected override async LoopTask<int> SendAsync(ClientStream stream)
    {
        var sent = 0;
        while (true)
        {
            var piece = spec.Payload.AsSpan(sent, Math.Clamp(stream.Room, 0, spec.Payload.Length - sent));
            stream.Append(piece);
            sent += piece.Length;
            var isComplete = sent == spec.Payload.Length;
            if (isComplete)
                stream.End(NoTrailers);
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
            Target.Endpoint.SetFlags(HealthFlags.ExcludedByImmediateFailure);
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
        Target.Cluster.State.CheckStats.OnVerified();
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
