// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Grpc.Net.Client;
using Lateen.Net;

namespace Lateen.Agent.Discovery;

/// <summary>Channels to servers of xDS, in plaintext. One for each stream: nothing of a broken connection lives on.</summary>
internal static class GrpcChannels
{
    public static GrpcChannel Open(Uri server) => Open(server, Handler());

    /// <summary>To a socket of TCP or of the file system.</summary>
    public static GrpcChannel Open(NetAddress server)
    {
        var handler = Handler();
        handler.ConnectCallback = (_, stop) => ConnectAsync(server, stop);
        return Open(new Uri("http://localhost"), handler);
    }

    private static GrpcChannel Open(Uri server, SocketsHttpHandler handler) =>
        GrpcChannel.ForAddress(
            server,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = null,
            }
        );

    private static async ValueTask<Stream> ConnectAsync(NetAddress server, CancellationToken stop)
    {
        EndPoint at = server.Path is { } path
            ? new UnixDomainSocketEndPoint(path)
            : new IPEndPoint(server.ToIPAddress()!, server.Port);
        var socket = new Socket(
            at.AddressFamily,
            SocketType.Stream,
            server.Path is null ? ProtocolType.Tcp : ProtocolType.Unspecified
        );
        try
        {
            await socket.ConnectAsync(at, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SocketsHttpHandler Handler() =>
        new()
        {
            // The control plane is never behind the proxy that the environment may name for applications.
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        };
}
