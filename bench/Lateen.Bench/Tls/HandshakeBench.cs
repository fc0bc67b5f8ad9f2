// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Lateen.Bench.Tls;

/// <summary>
/// What a storm of new TLS connections, 500 full handshakes a second, does to the traffic there is, 3,840 requests a second
/// over 16 connections that stay: their 99th percentile with the storm over that without, in turns. Beside HAProxy.
/// </summary>
internal sealed class HandshakeBench(string binary, WorkDirectory directory)
{
    private const int Rounds = 7;
    private const int Seconds = 3;
    private const int Connections = 16;

    /// <summary>A second; not a multiple of anything, so that the connections' requests do not come together.</summary>
    private const int RequestsPerConnection = 240;
    private const int HandshakesPerSecond = 500;

    /// <summary>The storm begins before the steady load is measured, and ends after it.</summary>
    private static readonly TimeSpan s_lead = TimeSpan.FromMilliseconds(300);

    public async Task RunAsync()
    {
        var certificate = BenchCertificate.Create();
        using var backend = await TlsPeers.StartBackendAsync(directory);
        using var haproxy = await TlsPeers.StartHaproxyAsync(directory, certificate);
        await using var lateen = await LateenUnderTest.StartAsync(
            binary,
            directory,
            await TlsPeers.StartControlPlaneAsync(certificate)
        );
        await lateen.Process.WaitForAsync("127.0.0.1", TlsPeers.LateenPort);
        foreach (var process in (ChildProcess[])[backend, haproxy, lateen.Process])
            process.MakeUrgent();
        Subject[] subjects = [new("lateen", TlsPeers.LateenPort), new("haproxy", TlsPeers.HaproxyPort)];
        foreach (var subject in subjects)
            await SteadyAsync(subject);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var subject in round % 2 == 0 ? subjects : subjects.Reverse())
                await MeasureAsync(subject);
        }
        foreach (var subject in subjects)
            Print(subject);
    }

    private async Task MeasureAsync(Subject subject)
    {
        subject.Calm.Add(await SteadyAsync(subject));
        var began = Stopwatch.GetTimestamp();
        const int StormSeconds = Seconds + 1;
        var storm = LoadGenerator.NewConnectionsAsync(subject.Url, HandshakesPerSecond, StormSeconds);
        await Task.Delay(s_lead);
        subject.Stormy.Add(await SteadyAsync(subject));
        subject.Rates.Add(await storm / Math.Max(StormSeconds, Stopwatch.GetElapsedTime(began).TotalSeconds));
    }

    private async Task<double> SteadyAsync(Subject subject) =>
        (
            await LoadGenerator.SteadyAsync(subject.Url, Connections, RequestsPerConnection, Seconds, directory)
        ).TotalMilliseconds;

    private static void Print(Subject subject)
    {
        var ratios = subject.Stormy.Zip(subject.Calm, static (storm, calm) => storm / calm).Order().ToList();
        Console.WriteLine(
            $"bench=handshakes proxy={subject.Name} rate={Report.Median(subject.Rates):0} p99_ratio={Report.Median(ratios):0.00} "
                + $"min={ratios[0]:0.00} max={ratios[^1]:0.00} calm={Report.Median(subject.Calm):0.00} "
                + $"storm={Report.Median(subject.Stormy):0.00} unit=ms_p99"
        );
    }

    /// <summary>A proxy, its percentiles in milliseconds without and with the storm, and the handshakes per second it took.</summary>
    private sealed record Subject(string Name, int Port)
    {
        public string Url => $"https://127.0.0.1:{Port}{LoadGenerator.Path}";

        public List<double> Calm { get; } = [];

        public List<double> Stormy { get; } = [];

        public List<double> Rates { get; } = [];
    }
}
