// SPDX-License-Identifier: Apache-2.0
using static DataPlane.Tests.Interop.GrpcImplementation;

namespace DataPlane.Tests.Interop;

/// <summary>
/// gRPC of three implementations, each with each, through two proxies in a row: all kinds of calls, a hundred streams on one
/// connection, messages of 64 MiB, deadlines, cancellation, statuses, metadata, and what the proxies say themselves.
/// </summary>
public sealed class GrpcInteropTests
{
    private static readonly string[] s_conversations =
    [
        "unary ok",
        "client streaming ok",
        "server streaming ok",
        "bidirectional ok",
        "many streams ok",
        "huge ok",
        "status ok",
        "trailers only ok",
        "metadata # lines",
        "cancellation ok",
        "deadline ok",
        "deadline of the proxy ok",
        "unavailable ok",
        "health ok",
    ];

    /// <summary>
    /// Client, server, and as how many lines a metadata key with three values comes back: C-core keeps them apart, the
    /// others join lines themselves, as the protocol lets them. A binary key has several values where both ends can split them.
    /// </summary>
    public static TheoryData<GrpcImplementation, GrpcImplementation, int, int> Pairs =>
        new()
        {
            { DotNet, DotNet, 1, 1 },
            { DotNet, CCore, 1, 1 },
            { DotNet, NodeJs, 1, 1 },
            { CCore, DotNet, 1, 1 },
            { CCore, CCore, 3, 3 },
            { CCore, NodeJs, 1, 3 },
            { NodeJs, DotNet, 1, 1 },
            { NodeJs, CCore, 1, 3 },
            { NodeJs, NodeJs, 1, 3 },
        };

    [Theory(Timeout = 120_000), MemberData(nameof(Pairs))]
    public async Task Every_conversation_passes_two_proxies(
        GrpcImplementation client,
        GrpcImplementation server,
        int metadataLines,
        int binaryValues
    )
    {
        var stop = TestContext.Current.CancellationToken;
        await using var net = server == DotNet ? await EchoServer.StartAsync() : null;
        await using var peer = server == DotNet ? null : await EchoPeer.ServeAsync(server, stop);
        using var proxies = new TwoProxies(net?.Port ?? peer!.Port);
        var lines = await CallAsync(client, proxies.Port, binaryValues, stop);
        var expected = s_conversations.Select(line => line.Replace("#", $"{metadataLines}", StringComparison.Ordinal));
        Assert.True(lines.SequenceEqual(expected, StringComparer.Ordinal), string.Join('\n', lines));
        Assert.Equal(1, proxies.A.Stat("http.test.downstream_cx_total"));
        Assert.Equal(1, proxies.B.Stat("http.test.downstream_cx_total"));
    }

    private static async Task<IReadOnlyList<string>> CallAsync(
        GrpcImplementation client,
        int port,
        int binaryValues,
        CancellationToken stop
    )
    {
        if (client != DotNet)
            return await EchoPeer.CallAsync(client, port, binaryValues, stop);
        using var net = new EchoClient(port, stop);
        return await net.HoldAllAsync();
    }
}
