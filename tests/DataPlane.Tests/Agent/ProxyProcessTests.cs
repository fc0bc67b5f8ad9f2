// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Server;
using Envoy.Service.Discovery.V3;
using Lateen.Agent;
using Lateen.Core;
using Lateen.Xds;

namespace DataPlane.Tests.Agent;

/// <summary>Whole proxies in this process, with a control plane that comes and goes.</summary>
public sealed class ProxyProcessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("lateen-state-");
    private readonly ScriptedServer _upstream = ScriptedServer.Always(
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy"
    );
    private readonly LogLines _log = new();
    private readonly int _port = FreePorts.Next();

    public void Dispose()
    {
        _upstream.Dispose();
        _state.Delete(recursive: true);
    }

    [Fact]
    public async Task It_serves_on_without_its_control_plane_and_starts_without_it()
    {
        var server = await ScriptedAds.StartAsync();
        var port = server.Port;
        await using (var proxy = new Running(Options(port), _log))
        {
            Assert.False(proxy.Process.State.IsReady);
            await ConfigureAsync(server);
            Assert.True(proxy.Process.State.IsReady);
            AssertServes();
            await server.DisposeAsync();
            AssertServes();
        }
        Assert.Throws<SocketException>(Get); // the first one is gone
        await using (var second = new Running(Options(port), _log))
        {
            Assert.True(second.Process.State.IsReady);
            Assert.False(second.Process.State.IsConnected());
            AssertServes();
            Assert.Contains("Info proxy: serving with the last good configuration from disk", _log.All);
        }
    }

    [Fact]
    public async Task A_damaged_file_is_refused_and_the_control_plane_asked()
    {
        var path = Path.Combine(_state.FullName, "last-good.bin");
        await File.WriteAllTextAsync(path, "no configuration, this", TestContext.Current.CancellationToken);
        await using var server = await ScriptedAds.StartAsync();
        await using (var proxy = new Running(Options(server.Port), _log))
        {
            Assert.False(proxy.Process.State.IsReady);
            Assert.Contains(
                _log.All,
                line => line.StartsWith($"Warn state: {path} cannot be used: ", StringComparison.Ordinal)
            );
            await ConfigureAsync(server);
            AssertServes();
        }
        // It was replaced by a good one.
        await using var second = new Running(Options(server.Port), _log);
        Assert.True(second.Process.State.IsReady);
    }

    [Fact]
    public async Task A_stopping_proxy_ends_with_its_last_connection_when_told_so()
    {
        await using var server = await ScriptedAds.StartAsync();
        var options = Options(server.Port) with
        {
            TerminationDrainDuration = TimeSpan.FromMinutes(5),
            ExitOnZeroActiveConnections = true,
        };
        await using var proxy = new Running(options, _log);
        await ConfigureAsync(server);
        AssertServes();
        await proxy.StopAsync().WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(Lateen.Proxy.Admin.ServerState.Draining, proxy.Process.State.State);
    }

    [Fact]
    public async Task A_quitting_proxy_does_not_drain()
    {
        await using var server = await ScriptedAds.StartAsync();
        var options = Options(server.Port) with { TerminationDrainDuration = TimeSpan.FromMinutes(5) };
        await using var proxy = new Running(options, _log);
        proxy.Process.State.OnQuit();
        await proxy.Ended.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    private ProxyOptions Options(int discoveryPort) =>
        new()
        {
            Identity = ClientUnderTest.Identity,
            DiscoveryAddress = $"127.0.0.1:{discoveryPort}",
            Concurrency = 1,
            StateDirectory = _state.FullName,
            AdminPort = 0,
            AgentPort = 0,
            StatusPort = 0,
            PrometheusPort = 0,
            TerminationDrainDuration = TimeSpan.Zero,
        };

    /// <summary>Gives the proxy a cluster, its endpoint, a listener and its routes; all of it is in force on return.</summary>
    private async Task ConfigureAsync(ScriptedAds server)
    {
        var peer = await server.AcceptDeltaAsync();
        var sent = 0;
        // After routes only their ack comes.
        for (var acked = 0; acked < 4; )
        {
            var request = await peer.ReadAsync();
            if (request.ResponseNonce.Length > 0)
            {
                Assert.Null(request.ErrorDetail);
                acked++;
                continue;
            }
            var (name, body) = request.TypeUrl switch
            {
                TypeUrls.Cluster => ("a", Resources.EdsCluster("a")),
                TypeUrls.Endpoints => ("a", Resources.Endpoints("a", _upstream.Port)),
                TypeUrls.Listener => ("l", Resources.Listener("l", "r", _port)),
                _ => ("r", Resources.Routes("r", "a")),
            };
            await peer.SendAsync(
                new DeltaDiscoveryResponse
                {
                    TypeUrl = request.TypeUrl,
                    Nonce = $"{++sent}",
                    Resources =
                    {
                        new Resource
                        {
                            Name = name,
                            Version = "1",
                            Resource_ = body,
                        },
                    },
                }
            );
        }
    }

    private void AssertServes() => Assert.EndsWith("\r\n\r\nahoy", Get());

    private string Get() =>
        ProxyFixture.Converse(
            new IPEndPoint(IPAddress.Loopback, _port),
            "GET / HTTP/1.1\r\nHost: shop\r\nconnection: close\r\n\r\n"
        );

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Running(ProxyOptions options, LogLines log)
        {
            Process = new ProxyProcess(
                options,
                "0.0.0",
                log,
                new LogLevels(LogLevel.Info, ProxyProcess.LogScopes),
                TimeProvider.System
            );
            Ended = Process.RunAsync(_stop.Token);
        }

        public ProxyProcess Process { get; }

        public Task Ended { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Ended;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            Process.Dispose();
            _stop.Dispose();
        }
    }
}
