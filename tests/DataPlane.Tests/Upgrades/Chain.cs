// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.Server;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Upgrades;

/// <summary>Configuration that upgrades need, and clients that speak by hand.</summary>
internal static class Chain
{
    public const string AllowConnect = "\"http2ProtocolOptions\":{\"allowConnect\":true},";

    /// <summary>Every CONNECT goes to cluster a, as CONNECT.</summary>
    public const string PassOn =
        """{"match":{"connectMatcher":{}},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"CONNECT"}]}}""";

    /// <summary>Every CONNECT ends here, and its bytes go to cluster a.</summary>
    public const string Terminate =
        """{"match":{"connectMatcher":{}},"route":{"cluster":"a","upgradeConfigs":[{"upgradeType":"CONNECT","connectConfig":{}}]}}""";

    public const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";

    public static TheoryData<int, int> Pairs =>
        new()
        {
            { 1, 1 },
            { 1, 2 },
            { 2, 1 },
            { 2, 2 },
        };

    /// <summary>Cluster a, spoken to by HTTP of that version.</summary>
    public static void ClusterA(ProxyFixture proxy, int port, int version)
    {
        var options = version == 1 ? "httpProtocolOptions" : "http2ProtocolOptions";
        var cluster = ProxyFixture.Cluster("a", port).TrimStart()[1..];
        Assert.Empty(
            proxy.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    "{\"typedExtensionProtocolOptions\":{\"envoy.extensions.upstreams.http.v3.HttpProtocolOptions\":{"
                        + "\"@type\":\"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions\","
                        + $"\"explicitHttpConfig\":{{\"{options}\":{{}}}}}}}},"
                        + cluster
                )
            )
        );
    }

    public static Socket Connect(IPEndPoint at)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000, NoDelay = true };
        socket.Connect(at);
        return socket;
    }

    /// <summary>Sends a head and reads the one that answers it.</summary>
    public static string Ask(Socket socket, string request)
    {
        ScriptedServer.Send(socket, request);
        return ScriptedServer.ReadUntil(socket, "\r\n\r\n") ?? "";
    }

    /// <summary>A server of TCP that says what it heard until its client ends, and then "bye".</summary>
    public static ScriptedServer EchoTcp(string greeting = "") =>
        new(
            (_, socket, _) =>
            {
                ScriptedServer.Send(socket, greeting);
                var buffer = new byte[65_536];
                for (int got; (got = socket.Receive(buffer)) > 0; )
                    socket.Send(buffer, got, SocketFlags.None);
                ScriptedServer.Send(socket, "bye");
            }
        );
}
