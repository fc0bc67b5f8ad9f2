// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Net.Tls;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Listeners.Inspectors;
using Lateen.Proxy.TransportSockets;

namespace Lateen.Proxy.Upstream;

/// <summary>The client's half of a transport socket: handshakes with endpoints.</summary>
internal static class UpstreamSecurity
{
    /// <summary>Does what the socket asks for, at once in plaintext.</summary>
    public static LoopTask<TlsOutcome> SecureAsync(int worker, ByteStream stream, in UpstreamHandshake handshake) =>
        handshake.Socket.Spec.ProxyProtocolVersion > 0 ? IntroduceAsync(worker, stream, handshake)
        : handshake.Socket.IsTls ? ShakeHandsAsync(worker, stream, handshake)
        : new LoopTask<TlsOutcome>(TlsOutcome.Established);

    /// <summary>Why a handshake failed, in Envoy's words; null where none did.</summary>
    public static string? FailureReason(ByteStream stream) =>
        stream.TlsFailureReason.Length == 0 ? null : stream.TlsFailureReason;

    /// <summary>Says in a PROXY protocol header whose connection this is, before everything else.</summary>
    private static async LoopTask<TlsOutcome> IntroduceAsync(int worker, ByteStream stream, UpstreamHandshake handshake)
    {
        if (await WriteHeader(stream, handshake.Socket.Spec, handshake.Client) < 0)
            return TlsOutcome.ConnectionError;
        return handshake.Socket.IsTls ? await ShakeHandsAsync(worker, stream, handshake) : TlsOutcome.Established;
    }

    private static LoopTask<int> WriteHeader(ByteStream stream, TransportSocketSpec spec, ByteStream? client)
    {
        var version = spec.ProxyProtocolVersion;
        if (version == 2 && client is not null && spec.ProxyTlvs.Of(client.Inspected.Tlvs) is { Count: > 0 } tlvs)
            return stream.WriteAsync(ProxyHeader.WriteWith(tlvs, client.RemoteAddress, client.GetLocalAddress()));
        Span<byte> header = stackalloc byte[ProxyHeader.MaxWritten];
        var length = ProxyHeader.Write(
            version,
            client?.RemoteAddress ?? default,
            client?.GetLocalAddress() ?? default,
            header
        );
        return stream.WriteAsync(header[..length]);
    }

    private static async LoopTask<TlsOutcome> ShakeHandsAsync(
        int worker,
        ByteStream stream,
        UpstreamHandshake handshake
    )
    {
        var socket = handshake.Socket;
        var serverName = ServerName(socket.Spec.Tls!, handshake.Endpoint, handshake.Host);
        var expected =
            handshake.Cluster.Spec.ChecksRequestHost ? handshake.Host
            : socket.Spec.Tls!.ChecksServerName ? serverName
            : null;
        // Without its context, or without the name it must check, nothing can be trusted.
        if (socket.Context is not { } context)
        {
            socket.Stats.OnNotReady(worker);
            return TlsOutcome.UntrustedPeer;
        }
        if (expected is { Length: 0 })
        {
            socket.Stats.OnFailed(worker, TlsOutcome.NameMismatch);
            return TlsOutcome.NameMismatch;
        }
        var options = new TlsClientOptions
        {
            ServerName = serverName,
            ExpectedHost = expected,
            ApplicationProtocols = handshake.ApplicationProtocols,
            Sessions = handshake.Sessions,
        };
        var outcome = await stream.HandshakeAsync(context, options);
        if (outcome == TlsOutcome.Established)
            socket.Stats.OnEstablished(worker, stream.Tls!);
        else
            socket.Stats.OnFailed(worker, outcome);
        return outcome;
    }

    /// <summary>SNI: the request's host, the endpoint's, or the configured one, in this order; never an address (RFC 6066 §3).</summary>
    private static string ServerName(TlsSocketSpec tls, EndpointState endpoint, string host)
    {
        var name =
            host.Length > 0 ? host
            : tls.UsesHostName && endpoint.RewriteHost is { Length: > 0 } hostName ? Encoding.ASCII.GetString(hostName)
            : tls.ServerName;
        return IPAddress.TryParse(name, out _) ? "" : name;
    }
}
