// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench.Tcp;

/// <summary>
/// The TCP proxy: messages of 1 KiB either way on 64 connections that stay, and bodies of 4 MiB on 8. Beside HAProxy, as it is
/// and, for the bulk, told to splice whatever it can, which it does not do by itself.
/// </summary>
internal sealed class TcpBench(string binary, WorkDirectory directory)
{
    private const int SmallConnections = 64;
    private const int BulkConnections = 8;

    /// <summary>What a request with the usual headers lacks to 1 KiB.</summary>
    private const int Padding = 560;

    private const double Gibibyte = 1L << 30;

    public async Task RunAsync()
    {
        using var backend = await TcpPeers.StartBackendAsync(directory);
        using var haproxy = await TcpPeers.StartHaproxyAsync(directory, TcpPeers.HaproxyPort);
        using var splicing = await TcpPeers.StartHaproxyAsync(
            directory,
            TcpPeers.SplicingHaproxyPort,
            """
            option splice-request
              option splice-response
            """
        );
        await using var lateen = await LateenUnderTest.StartAsync(
            binary,
            directory,
            await TcpPeers.StartControlPlaneAsync()
        );
        await lateen.Process.WaitForAsync("127.0.0.1", TcpPeers.LateenPort);
        var plain = new Candidate("haproxy", TcpPeers.HaproxyPort, haproxy);
        await new Contest(
            "tcp-small",
            lateen,
            new Candidate("lateen", TcpPeers.LateenPort, lateen.Process),
            [plain],
            static async (port, seconds) => await LoadAsync(port, TcpPeers.Small, SmallConnections, seconds, Padding)
        ).RunAsync();
        await new Contest(
            "tcp-bulk",
            lateen,
            new Candidate("lateen", TcpPeers.LateenPort, lateen.Process),
            [plain with { Samples = [] }, new Candidate("haproxy-splice", TcpPeers.SplicingHaproxyPort, splicing)],
            static async (port, seconds) =>
                await LoadAsync(port, TcpPeers.Bulk, BulkConnections, seconds) * (TcpPeers.BulkLength / Gibibyte)
        )
        {
            Unit = Unit.Gibibyte,
        }.RunAsync();
    }

    private static Task<long> LoadAsync(int port, string path, int connections, int seconds, int padding = 0) =>
        LoadGenerator.WrkAsync($"http://127.0.0.1:{port}{path}", connections, seconds, padding);
}
