// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Server;
using static DataPlane.Tests.Upgrades.Chain;

namespace DataPlane.Tests.Upgrades;

/// <summary>
/// WebSocket between peers that are not ours: Debian's python3-websockets as server and as client, over HTTP/1.1 and, with
/// python3-h2, over HTTP/2; through one proxy and through two.
/// </summary>
public sealed class WebSocketPeerTests : IAsyncLifetime
{
    private const string WebSocket = "\"upgradeConfigs\":[{\"upgradeType\":\"websocket\"}]," + AllowConnect;

    private static readonly string[] s_conversations =
    [
        "messages",
        "fragments",
        "crossing",
        "subprotocol",
        "codes",
        "left",
        "broken",
        "many",
    ];

    private static readonly string s_script = Path.Combine(
        AppContext.BaseDirectory,
        "Upgrades",
        "Peers",
        "websocket.py"
    );

    private readonly ProxyFixture _proxy = new();
    private readonly ProxyFixture _second = new();
    private Process _server = null!;
    private int _serverPort;

    public async ValueTask InitializeAsync()
    {
        _server = Tool.Start("/usr/bin/python3", $"-B {s_script} serve");
        var line = await _server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _serverPort), line);
    }

    /// <summary>The end of its input is the end of the server.</summary>
    public async ValueTask DisposeAsync()
    {
        _server.StandardInput.Close();
        await _server.WaitForExitAsync(TestContext.Current.CancellationToken);
        _server.Dispose();
        _proxy.Dispose();
        _second.Dispose();
    }

    /// <summary>What the client speaks, and what is spoken between the two proxies; 0 for one proxy alone.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task Every_conversation_comes_through(int client, int between)
    {
        if (between == 0)
        {
            _proxy.Clusters(_serverPort);
        }
        else
        {
            _second.Clusters(_serverPort);
            ClusterA(_proxy, _second.Http(ToA, WebSocket).Port, between);
        }
        var at = _proxy.Http(ToA, WebSocket);
        var (code, output) = await Tool.Run("/usr/bin/python3", $"-B {s_script} http{client} 127.0.0.1 {at.Port}");
        Assert.Equal(s_conversations, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, code);
        // 7 conversations of one socket, and one of 20.
        Assert.Equal(27, _proxy.Stat("http.test.downstream_cx_upgrades_total"));
        Overload.Eventually.True(
            () =>
                _proxy.Stat("http.test.downstream_cx_upgrades_active") == 0
                && _proxy.Stat("cluster.a.upstream_rq_active") == 0,
            "every tunnel is over"
        );
    }
}
