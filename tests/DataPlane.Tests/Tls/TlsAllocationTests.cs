// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using Lateen.Net;

namespace DataPlane.Tests.Tls;

/// <summary>Requests over mutual TLS to TLS, with everything that is said of certificates, allocate nothing on the worker.</summary>
public sealed class TlsAllocationTests
{
    private const string Format =
        "%DOWNSTREAM_PEER_URI_SAN% %DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_FINGERPRINT_256% %DOWNSTREAM_PEER_CERT% "
        + "%DOWNSTREAM_PEER_CHAIN_SERIALS% %DOWNSTREAM_TLS_VERSION% %UPSTREAM_PEER_URI_SAN% %UPSTREAM_TLS_CIPHER% %REQUESTED_SERVER_NAME%";

    [Fact]
    public async Task Steady_requests_allocate_nothing()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nA");
        using var inner = new HttpsProxy();
        inner.Cluster("a", upstream.Port);
        using var proxy = new HttpsProxy();
        proxy.Cluster("a", inner.Listen(inner.Simple()).Port, TlsJson.Upstream("\"alpnProtocols\":[\"http/1.1\"]"));
        var at = proxy.Listen(
            proxy.Mutual(),
            manager: proxy.Logging(Format)
                + "\"forwardClientCertDetails\":\"APPEND_FORWARD\",\"setCurrentClientCertDetails\":{\"subject\":true,\"uri\":true,\"chain\":true},"
        );
        var options = TlsFixture.AnyServer();
        options.ClientCertificates =
        [
            proxy.Authority.Issue(CertificateOrder.ForSpiffe("spiffe://shop/ns/a/sa/b")).ForDotNet(),
        ];
        await using var client = await TlsFixture.Dial(NetAddress.From(at), options);
        Repeat(client, 300);
        var before = await AllocatedByWorker(proxy);
        Repeat(client, 2000);
        // Asking allocates a little itself; two thousand requests must not add to it.
        Assert.InRange(await AllocatedByWorker(proxy) - before, 0, 2000);
    }

    private static async Task<long> AllocatedByWorker(HttpsProxy proxy)
    {
        var bytes = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Proxy.Server.Workers[0].Loop.Post(() => bytes.SetResult(GC.GetAllocatedBytesForCurrentThread()));
        return await bytes.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    private static void Repeat(SslStream client, int times)
    {
        var request = "GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-client-cert: Hash=1\r\n\r\n"u8.ToArray();
        var buffer = new byte[4096];
        for (var i = 0; i < times; i++)
        {
            client.Write(request);
            int got;
            do
            {
                got = client.Read(buffer);
            } while (buffer[got - 1] != 'A');
        }
    }
}
