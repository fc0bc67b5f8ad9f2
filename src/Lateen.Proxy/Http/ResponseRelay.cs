// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Net.Async;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Http;

/// <summary>The way back: the upstream's response to the client; or, behind a switch of protocols, both ways of a tunnel.</summary>
internal sealed class ResponseRelay(
    RequestForwarder forwarder,
    UpstreamAttempt attempt,
    HttpExchange exchange,
    BodyPath path,
    ServerStream client,
    RequestPump pump,
    ForwardTimers timers
)
{
    private StreamInfo Info => exchange.Info;

    /// <summary>Relays the response whose head is in the exchange.</summary>
    /// <param name="cluster">Index of the weighted cluster that answered.</param>
    /// <returns>True when request and response are complete, so that the upstream's connection may serve others.</returns>
    public async LoopTask<bool> RunAsync(ClientStream upstream, int cluster)
    {
        pump.Release();
        var isTunnel = client.WantsTunnel && IsSwitch(Info.Response.Status);
        if (isTunnel)
            WebSocketBridge.CompleteResponse(Info.Request, Info.Response);
        if (!client.Connection.Manager.Router.SuppressEnvoyHeaders)
            Info.Response.Headers.SetNumber(
                KnownHeader.XEnvoyUpstreamServiceTime,
                (long)exchange.Elapsed.TotalMilliseconds
            );
        Info.ResponseCodeDetails = "via_upstream";
        var length = isTunnel ? BodyLength.Tunnel : upstream.ResponseLength;
        exchange.PrepareResponse(length, cluster);
        if (length.Kind != BodyKind.None && path.HoldsHead)
        {
            var collected = await CollectBodyAsync(upstream);
            if (collected != Outcome.Complete)
                return await BreakOffAsync(collected, upstream);
            length = path.Waiting == 0 ? new BodyLength(BodyKind.None, 0) : BodyLength.Known(path.Waiting);
        }
        else
        {
            length = path.Announce(length);
        }
        // Behind a refused switch the client may have sent the other protocol's bytes, which could read as a request.
        if (!exchange.WriteResponseHead(length, isLast: client.WantsTunnel))
            return await BreakOffAsync(Outcome.Malformed, upstream);
        if (isTunnel)
        {
            if (await BeginTunnelAsync(upstream) < 0)
                upstream.Abort();
        }
        var outcome = await RelayBodyAsync(upstream);
        if (outcome == Outcome.Complete && GrpcStatus.TryGetAny(upstream.Trailers, out var status))
            Info.GrpcStatus = status;
        Judge(outcome, upstream);
        forwarder.Cluster.Stats.OnResponse(client.Connection.Worker.Index, Info.ResponseCode, exchange.Elapsed);
        if (isTunnel && outcome == Outcome.Complete)
            await pump.FinishAsync();
        else
            await pump.StopAsync();
        // A body that broke off is told to the client by ending without its end.
        if (outcome is Outcome.BrokeOff or Outcome.Malformed)
            client.Abort();
        return outcome == Outcome.Complete && pump.IsComplete && forwarder.Interruption == Interruption.None;
    }

    /// <summary>There is no head to send: the client learns by the end of its stream.</summary>
    private async LoopTask<bool> BreakOffAsync(Outcome outcome, ClientStream upstream)
    {
        Judge(outcome, upstream);
        await pump.StopAsync();
        client.Abort();
        return false;
    }

    /// <summary>How the body's way to the client ended.</summary>
    private enum Outcome : byte
    {
        Complete,

        /// <summary>The upstream did not send all of it.</summary>
        BrokeOff,

        /// <summary>What the upstream sent is no body.</summary>
        Malformed,
        ClientGone,
    }

    /// <summary>Takes a whole body through the filters before its head goes.</summary>
    private async LoopTask<Outcome> CollectBodyAsync(ClientStream upstream)
    {
        while (true)
        {
            var status = path.Collect(upstream);
            upstream.Release();
            timers.Touch();
            switch (status)
            {
                case BodyStatus.Complete:
                    return Outcome.Complete;
                case BodyStatus.Fault:
                    return Outcome.Malformed;
                case BodyStatus.NeedMore when await upstream.WaitForBodyAsync() < 0:
                    return upstream.IsServerAtFault ? Outcome.Malformed : Outcome.BrokeOff;
            }
        }
    }

    private async LoopTask<Outcome> RelayBodyAsync(ClientStream upstream)
    {
        var bytes = 0L;
        while (true)
        {
            var status = path.Move(upstream, client, ref bytes);
            Info.BytesSent = bytes;
            var result = await client.FlushAsync();
            upstream.Release();
            timers.Touch();
            if (result < 0)
                return Outcome.ClientGone;
            switch (status)
            {
                case BodyStatus.Complete:
                    return Outcome.Complete;
                case BodyStatus.Fault:
                    return Outcome.Malformed;
                case BodyStatus.Data when await client.WaitForRoomAsync() < 0:
                    return Outcome.ClientGone;
                case BodyStatus.NeedMore when await upstream.WaitForBodyAsync() < 0:
                    return upstream.IsServerAtFault ? Outcome.Malformed : Outcome.BrokeOff;
            }
        }
    }

    /// <summary>The head goes first; then each side may send as it likes, for as long as it likes.</summary>
    private async LoopTask<int> BeginTunnelAsync(ClientStream upstream)
    {
        timers.EndRoute();
        client.Watcher = null;
        var result = await client.FlushAsync();
        if (result < 0)
            return result;
        client.BeginTunnel();
        upstream.BeginTunnel();
        pump.StartTunnel();
        return result;
    }

    private void Judge(Outcome outcome, ClientStream upstream)
    {
        var interruption = forwarder.Interruption;
        if (interruption == Interruption.None && outcome != Outcome.ClientGone)
            attempt.JudgeEnd(outcome == Outcome.Complete ? upstream.Trailers : null);
        if (interruption is not (Interruption.None or Interruption.ClientLeft or Interruption.TryTimeout))
        {
            OnInterrupted(interruption.ToReply(client.IsBodyComplete));
            return;
        }
        if (outcome == Outcome.ClientGone || interruption == Interruption.ClientLeft)
        {
            Info.Flags |= ResponseFlags.DownstreamTermination;
            return;
        }
        switch (outcome)
        {
            case Outcome.BrokeOff:
                Info.Flags |= ResponseFlags.UpstreamTermination;
                Info.ResponseCodeDetails = upstream.IsHttp2
                    ? "upstream_reset_after_response_started{remote_reset}"
                    : "upstream_reset_after_response_started{connection_termination}";
                break;
            case Outcome.Malformed:
                Info.Flags |= ResponseFlags.UpstreamProtocolError;
                Info.ResponseCodeDetails = "upstream_reset_after_response_started{protocol_error}";
                // A connection of HTTP/2 counts its own.
                if (!upstream.IsHttp2)
                    forwarder.Cluster.Stats.OnProtocolError(client.Connection.Worker.Index);
                break;
        }
    }

    /// <summary>The head had gone, so all that is left of the reply is what logs say of it.</summary>
    private void OnInterrupted(LocalReply reply)
    {
        Info.Flags |= reply.Flags;
        Info.ResponseCodeDetails = reply.Details;
    }

    /// <summary>101, or any success of a CONNECT (RFC 9110 §9.3.6).</summary>
    private bool IsSwitch(int status) =>
        status == 101 || (status is >= 200 and < 300 && Info.Request.Method.SequenceEqual("CONNECT"u8));
}
