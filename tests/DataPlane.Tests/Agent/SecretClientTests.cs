// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Agent.Discovery;
using Lateen.Agent.Secrets;
using Lateen.Net;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Agent;

/// <summary>Secrets from an SDS server that is not the control plane, on a Unix socket.</summary>
public sealed class SecretClientTests : IAsyncLifetime
{
    private readonly ProxyFixture _proxy = new(time: new ManualTime());
    private readonly TestAuthority _authority = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-sds-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly WatchedTime _time = new();
    private readonly LogLines _log = new();
    private Task _running = Task.CompletedTask;

    private string Socket => Path.Combine(_directory, "socket");

    public ValueTask InitializeAsync()
    {
        var clients = new SecretClients(
            _proxy.Store,
            _proxy.Runtime,
            NodeBuilder.Build(ClientUnderTest.Identity),
            NetAddress.FromUnixPath(Socket),
            _log,
            _time
        );
        _running = clients.RunAsync(_stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _proxy.Dispose();
        _authority.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>How a server on the socket is named: by its address, as Istio's agent, by a cluster.</summary>
    public static TheoryData<string> Names =>
        new()
        {
            """ {"googleGrpc":{"targetUri":"unix:SOCKET","statPrefix":"sds"}} """,
            """ {"googleGrpc":{"targetUri":"unix://SOCKET","channelCredentials":{"localCredentials":{} } } } """,
            """ {"envoyGrpc":{"clusterName":"sds-grpc"}} """,
            """ {"envoyGrpc":{"clusterName":"vault"}} """,
        };

    [Theory, MemberData(nameof(Names))]
    public async Task A_listener_serves_with_a_secret_that_its_server_sends(string service)
    {
        await using var server = await ScriptedSds.StartAsync(Socket);
        Clusters();
        Listen("default", service);
        var peer = await server.AcceptAsync();
        var request = await peer.ReadAsync();
        Assert.Equal("sidecar~10.0.0.7~web-1.default~default.svc.cluster.local", request.Node.Id);
        Assert.Equal((TypeUrls.Secret, "", ""), (request.TypeUrl, request.VersionInfo, request.ResponseNonce));
        Assert.Equal(["default"], request.ResourceNames);
        Assert.Empty(_proxy.Store.ReferencedNames(TypeUrls.Secret));
        Assert.Empty(_proxy.Store.LocalSecretNames);
        Assert.Empty(_proxy.Runtime.Current.Listeners);

        await peer.SendAsync(Response("1", "default", "v1"));
        await AssertAnswerAsync(peer, "1", "n1", null);
        Assert.Equal("CN=v1, O=Lateen", Subject());

        await peer.SendAsync(Response("2", "default", "v2"));
        await AssertAnswerAsync(peer, "2", "n2", null);
        Assert.Equal("CN=v2, O=Lateen", Subject());
        Assert.Equal(2, _proxy.Stat("sds.default.update_success"));
    }

    [Fact]
    public async Task What_is_not_the_secret_is_refused_and_the_last_good_one_stays()
    {
        await using var server = await ScriptedSds.StartAsync(Socket);
        Listen("default");
        var peer = await server.AcceptAsync();
        await peer.ReadAsync();
        await peer.SendAsync(Response("1", "default", "v1"));
        await AssertAnswerAsync(peer, "1", "n1", null);

        await peer.SendAsync(Response("2", "other", "v2"));
        await AssertAnswerAsync(peer, "1", "n2", "default: has \"other\" instead");
        await peer.SendAsync(new DiscoveryResponse { VersionInfo = "3", Nonce = "n3" });
        await AssertAnswerAsync(peer, "1", "n3", "default: has 0 secrets instead of one");
        var broken = Response("4", "default", "v4");
        broken.Resources[0] = Any.Pack(new SecretApi.Secret { Name = "default" }, "type.googleapis.com");
        await peer.SendAsync(broken);
        await AssertAnswerAsync(
            peer,
            "1",
            "n4",
            "default: type: is None; give tls_certificate, validation_context or session_ticket_keys"
        );
        Assert.Equal(3, _proxy.Stat("sds.default.update_rejected"));
        Assert.Equal("CN=v1, O=Lateen", Subject());
    }

    [Fact]
    public async Task A_server_that_returns_is_told_what_is_here()
    {
        var server = await ScriptedSds.StartAsync(Socket);
        Listen("default");
        var peer = await server.AcceptAsync();
        await peer.ReadAsync();
        await peer.SendAsync(Response("1", "default", "v1"));
        await AssertAnswerAsync(peer, "1", "n1", null);
        await server.DisposeAsync();
        Assert.InRange(await _time.NextWaitAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal("CN=v1, O=Lateen", Subject());

        await using var second = await ScriptedSds.StartAsync(Socket);
        _time.Advance(TimeSpan.FromSeconds(1));
        peer = await second.AcceptAsync();
        var request = await peer.ReadAsync();
        Assert.Equal(("1", ""), (request.VersionInfo, request.ResponseNonce));
        Assert.NotNull(request.Node);
        await peer.SendAsync(Response("2", "default", "v2"));
        await AssertAnswerAsync(peer, "2", "n2", null);
        Assert.Equal("CN=v2, O=Lateen", Subject());
        Assert.Contains(
            _log.All,
            line => line.StartsWith("Warn secret: lost the SDS server at ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_incremental_variant_ignores_that_a_secret_is_removed()
    {
        await using var server = await ScriptedSds.StartAsync(Socket);
        Listen("default", """ {"envoyGrpc":{"clusterName":"sds-grpc"}} """, "DELTA_GRPC");
        var peer = await server.AcceptDeltaAsync();
        var request = await peer.ReadAsync();
        Assert.Equal(["default"], request.ResourceNamesSubscribe);
        await peer.SendAsync(
            new DeltaDiscoveryResponse
            {
                Nonce = "n1",
                TypeUrl = TypeUrls.Secret,
                Resources =
                {
                    new Resource
                    {
                        Name = "default",
                        Version = "1",
                        Resource_ = Response("1", "default", "v1").Resources[0],
                    },
                },
            }
        );
        request = await peer.ReadAsync();
        Assert.Equal(("n1", (Google.Rpc.Status?)null), (request.ResponseNonce, request.ErrorDetail));
        await peer.SendAsync(new DeltaDiscoveryResponse { Nonce = "n2", RemovedResources = { "default" } });
        request = await peer.ReadAsync();
        Assert.Equal(("n2", (Google.Rpc.Status?)null), (request.ResponseNonce, request.ErrorDetail));
        Assert.Equal("CN=v1, O=Lateen", Subject());
    }

    /// <summary>Secrets of one name from two servers are two secrets.</summary>
    [Fact]
    public async Task A_secret_of_the_same_name_by_the_ads_is_another_one()
    {
        await using var server = await ScriptedSds.StartAsync(Socket);
        Listen("default");
        var peer = await server.AcceptAsync();
        await peer.ReadAsync();
        Assert.Empty(
            _proxy.Apply<SecretApi.Secret>(
                TypeUrls.Secret,
                ("default", TlsJson.CertificateSecret("default", _authority.Issue(CertificateOrder.ForDns("ads"))))
            )
        );
        Assert.Empty(_proxy.Runtime.Current.Listeners);
        await peer.SendAsync(Response("1", "default", "v1"));
        await AssertAnswerAsync(peer, "1", "n1", null);
        Assert.Equal("CN=v1, O=Lateen", Subject());
    }

    [Fact]
    public async Task Nobody_is_asked_for_what_nobody_names()
    {
        await using var server = await ScriptedSds.StartAsync(Socket);
        Listen("a");
        var peer = await server.AcceptAsync();
        Assert.Equal(["a"], (await peer.ReadAsync()).ResourceNames);
        Listen("b");
        var second = await server.AcceptAsync();
        Assert.Equal(["b"], (await second.ReadAsync()).ResourceNames);
        // The stream for the first ends, and brings nothing more.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var request in peer.ReadAllAsync())
                Assert.Fail($"the proxy asked again: {request}");
            throw new EndOfStreamException();
        });
    }

    private void Clusters() =>
        Assert.Empty(
            _proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                ("a", """{"name":"a","type":"STATIC"}"""),
                (
                    "vault",
                    $$$$"""
                    {"name":"vault","type":"STATIC","loadAssignment":{"clusterName":"vault","endpoints":[{"lbEndpoints":[
                      {"endpoint":{"address":{"pipe":{"path":"{{{{Socket}}}}"} } } }]}]}}
                    """
                )
            )
        );

    /// <summary>A listener whose certificate comes from a server on the socket.</summary>
    private void Listen(
        string name,
        string service = """ {"googleGrpc":{"targetUri":"unix:SOCKET"}} """,
        string type = "GRPC"
    )
    {
        service = service.Replace("SOCKET", Socket, StringComparison.Ordinal);
        var source =
            $$$$""" "initialFetchTimeout":"0s","apiConfigSource":{"apiType":"{{{{type}}}}","transportApiVersion":"V3","grpcServices":[{{{{service}}}}]} """;
        var socket = TlsJson.Downstream(
            $$"""
            "tlsCertificateSdsSecretConfigs":[{"name":"{{name}}","sdsConfig":{ {{source}} } }]
            """
        );
        Assert.Empty(
            _proxy.Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                ("t", TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: socket)))
            )
        );
    }

    private DiscoveryResponse Response(string version, string name, string subject) =>
        new()
        {
            VersionInfo = version,
            Nonce = $"n{version}",
            TypeUrl = TypeUrls.Secret,
            Resources =
            {
                Any.Pack(
                    ProxyFixture.Json.Parse<SecretApi.Secret>(
                        TlsJson.CertificateSecret(name, _authority.Issue(CertificateOrder.ForDns(subject)))
                    ),
                    "type.googleapis.com"
                ),
            },
        };

    private static async Task AssertAnswerAsync(
        AdsPeer<DiscoveryRequest, DiscoveryResponse> peer,
        string version,
        string nonce,
        string? problem
    )
    {
        var request = await peer.ReadAsync();
        Assert.Equal(
            (version, nonce, problem),
            (request.VersionInfo, request.ResponseNonce, request.ErrorDetail?.Message)
        );
    }

    /// <summary>Who the listener says it is.</summary>
    private string Subject()
    {
        using var client = new Client(_proxy.Address("t"));
        using var tls = new SslStream(new NetworkStream(client.Socket));
        tls.AuthenticateAsClient(TlsFixture.AnyServer("localhost"));
        return tls.RemoteCertificate!.Subject;
    }
}
