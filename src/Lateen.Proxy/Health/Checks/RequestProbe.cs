// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Net.Async;
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks by a request, and goes by the answer to it.</summary>
/// <param name="authority">As ASCII.</param>
/// <param name="mutations">What the configuration adds to the request's headers.</param>
internal abstract class RequestProbe(
    ProbeTarget target,
    ProbeConnection connection,
    byte[] authority,
    HeaderMutations mutations
) : Probe
{
    private bool _isStale;

    protected static HeaderMap NoTrailers { get; } = new();

    protected ProbeTarget Target => target;

    protected abstract bool IsHttp2 { get; }

    protected abstract BodyLength Length { get; }

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

    /// <summary>Method, path and headers.</summary>
    protected abstract void WriteHead(RequestHead request);

    /// <summary>Sends the body, or that there is none.</summary>
    /// <returns>Negative when that failed.</returns>
    protected abstract LoopTask<int> SendAsync(ClientStream stream);

    /// <summary>The final head is there.</summary>
    protected abstract LoopTask<ProbeOutcome> ReadAnswerAsync(ClientStream stream, ResponseHead response);

    private async LoopTask<ProbeOutcome> AskOnceAsync(StreamInfo info)
    {
        _isStale = false;
        var stream = await connection.TakeAsync(IsHttp2);
        if (stream is null)
            return ProbeOutcome.Unreachable;
        info.Clear();
        info.Request.SetScheme(target.Endpoint.Socket.IsTls ? "https"u8 : "http"u8);
        info.Request.SetAuthority(authority);
        WriteHead(info.Request);
        info.UpstreamHost = target.Endpoint.AddressText;
        info.UpstreamCluster = target.Cluster.Spec.Name;
        mutations.ApplyToRequest(info);
        var outcome = stream.WriteHead(info.Request, Length, info.Response)
            ? await ConverseAsync(stream, info.Response)
            : ProbeOutcome.Unreachable;
        connection.Return(isClean: stream.IsBodyComplete && outcome != ProbeOutcome.Unreachable);
        return outcome;
    }

    private async LoopTask<ProbeOutcome> ConverseAsync(ClientStream stream, ResponseHead response)
    {
        if (await SendAsync(stream) < 0)
            return Broken(stream);
        ResponseHeadStatus status;
        do status = await stream.ReadHeadAsync();
        while (status == ResponseHeadStatus.Interim);
        return status == ResponseHeadStatus.Final ? await ReadAnswerAsync(stream, response) : Broken(stream);
    }

    private ProbeOutcome Broken(ClientStream stream)
    {
        _isStale = stream.IsReused;
        return ProbeOutcome.Unreachable;
    }
}
