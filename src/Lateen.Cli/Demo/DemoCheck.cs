// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace Lateen.Cli.Demo;

/// <summary>The demo without a person: does everything, and says of each part whether it held.</summary>
internal sealed class DemoCheck(DemoMesh demo, DemoTraffic traffic, TextWriter output)
{
    private const int Requests = 1_000;
    private const int AtATime = 6;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    private int _failures;

    /// <summary>True when everything held.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await SidecarsAsync(cancel).ConfigureAwait(false);
        await PageAsync(cancel).ConfigureAwait(false);
        await JasonAsync(cancel).ConfigureAwait(false);
        await ShiftAsync(cancel).ConfigureAwait(false);
        await SidecarCrashAsync(cancel).ConfigureAwait(false);
        await ControlPlaneOutageAsync(cancel).ConfigureAwait(false);
        return _failures == 0;
    }

    private async Task SidecarsAsync(CancellationToken cancel)
    {
        IReadOnlyList<ProxySync> proxies = [];
        var synced = await WithinAsync(
                TimeSpan.FromSeconds(10),
                async () =>
                {
                    proxies = await demo.SyncAsync(cancel).ConfigureAwait(false);
                    return proxies.Count(static proxy => proxy.IsSidecar && proxy.IsSynced) == 6;
                },
                cancel
            )
            .ConfigureAwait(false);
        Say(
            synced is not null,
            "sidecars",
            $"{proxies.Count(static proxy => proxy.IsSidecar && proxy.IsSynced)} of 6 acknowledged"
        );
    }

    private async Task PageAsync(CancellationToken cancel)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var response = await client
            .GetAsync(new Uri(DemoMesh.Gateway, "productpage"), cancel)
            .ConfigureAwait(false);
        var page = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        var isWhole =
            page.Contains("ISBN", StringComparison.Ordinal)
            && page.Contains("Reviews served by", StringComparison.Ordinal);
        Say(
            response.IsSuccessStatusCode && isWhole,
            "productpage",
            $"{(int)response.StatusCode} with details and reviews"
        );
    }

    private async Task JasonAsync(CancellationToken cancel)
    {
        var versions = new List<string>();
        for (var i = 0; i < 20; i++)
            versions.Add((await traffic.SendAsync("jason", cancel).ConfigureAwait(false)).Version);
        Say(
            versions.TrueForAll(static version => version == "v2"),
            "end-user: jason",
            $"{versions.Count(static version => version == "v2")} of 20 from reviews v2"
        );
    }

    private async Task ShiftAsync(CancellationToken cancel)
    {
        var before = await traffic.SendManyAsync(Requests, AtATime, cancel).ConfigureAwait(false);
        // Traffic goes on over the change, so that anything it breaks is seen.
        using var steady = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var meanwhile = traffic.RunAsync(perSecond: 40, steady.Token);
        var routes = await RouteNonceAsync(cancel).ConfigureAwait(false);
        await demo.ShiftAsync(50, 50, cancel).ConfigureAwait(false);
        var live = await WithinAsync(
                TimeSpan.FromSeconds(5),
                async () => await RouteNonceAsync(cancel).ConfigureAwait(false) != routes,
                cancel
            )
            .ConfigureAwait(false);
        var after = await traffic.SendManyAsync(Requests, AtATime, cancel).ConfigureAwait(false);
        await steady.CancelAsync().ConfigureAwait(false);
        await meanwhile.ConfigureAwait(false);
        Say(live < TimeSpan.FromSeconds(1), "edit on disk", $"in force after {live?.TotalMilliseconds:0} ms");
        Share("90/10", before, 0.10);
        Share("50/50", after, 0.50);
        NoFailures("canary", traffic.Answers);
    }

    private async Task SidecarCrashAsync(CancellationToken cancel)
    {
        var replica = demo.Mesh.Replicas.First(static replica =>
            replica.Name.StartsWith("reviews-v1", StringComparison.Ordinal)
        );
        var proxy = demo.Mesh.ProxyOf(replica);
        var starts = proxy.Starts;
        proxy.Kill();
        var back = await WithinAsync(
                TimeSpan.FromSeconds(10),
                async () =>
                {
                    if (proxy.Starts == starts)
                        return false;
                    await demo.Mesh.WaitForAsync(replica, cancel).ConfigureAwait(false);
                    var answers = await traffic.SendManyAsync(20, AtATime, cancel).ConfigureAwait(false);
                    return answers.All(static answer => answer.Failure is null);
                },
                cancel
            )
            .ConfigureAwait(false);
        Say(back is not null, "killed sidecar", $"serves again after {back?.TotalSeconds:0.0} s");
    }

    private async Task ControlPlaneOutageAsync(CancellationToken cancel)
    {
        var first = traffic.Answers.Count;
        demo.Mesh.ControlPlane.IsPaused = true;
        demo.Mesh.ControlPlane.Kill();
        using var outage = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        outage.CancelAfter(TimeSpan.FromSeconds(10));
        await traffic.RunAsync(perSecond: 40, outage.Token).ConfigureAwait(false);
        await demo.ShiftAsync(0, 100, cancel).ConfigureAwait(false);
        demo.Mesh.ControlPlane.IsPaused = false;
        var live = await WithinAsync(
                TimeSpan.FromSeconds(30),
                async () =>
                {
                    var answers = await traffic.SendManyAsync(20, AtATime, cancel).ConfigureAwait(false);
                    return answers.All(static answer => answer.Version == "v3");
                },
                cancel
            )
            .ConfigureAwait(false);
        NoFailures("control plane away for 10 s", traffic.Answers.Skip(first).ToList());
        Say(live is not null, "change made meanwhile", $"in force {live?.TotalSeconds:0.0} s after it came back");
    }

    private async Task<string> RouteNonceAsync(CancellationToken cancel)
    {
        var proxies = await demo.SyncAsync(cancel).ConfigureAwait(false);
        return proxies
                .FirstOrDefault(static proxy => proxy.Proxy.StartsWith("productpage", StringComparison.Ordinal))
                ?.RouteNonce
            ?? "";
    }

    /// <summary>The share of v3 must be within three standard deviations of what was asked for.</summary>
    private void Share(string split, IReadOnlyList<Answer> answers, double expected)
    {
        var observed = answers.Count(static answer => answer.Version == "v3") / (double)answers.Count;
        var sigma = Math.Sqrt(expected * (1 - expected) / answers.Count);
        Say(
            Math.Abs(observed - expected) <= 3 * sigma,
            $"split {split}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{observed:P1} of {answers.Count} requests to v3, 3 sigma is {3 * sigma:P1}"
            )
        );
    }

    private void NoFailures(string what, IReadOnlyList<Answer> answers)
    {
        var failed = answers.Where(static answer => answer.Failure is not null).ToList();
        var example = failed.Count > 0 ? $", as \"{failed[0].Failure}\"" : "";
        Say(
            failed.Count == 0 && answers.Count > 0,
            what,
            $"{failed.Count} of {answers.Count} requests failed{example}"
        );
    }

    /// <summary>How long it took until something held; null when it did not in time.</summary>
    private static async Task<TimeSpan?> WithinAsync(TimeSpan limit, Func<Task<bool>> holds, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds().ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
                return null;
            await Task.Delay(s_poll, cancel).ConfigureAwait(false);
        }
        return Stopwatch.GetElapsedTime(began);
    }

    private void Say(bool held, string what, string detail)
    {
        if (!held)
            _failures++;
        output.WriteLine($"  {(held ? '√' : '×')} {what, -28} {detail}");
    }
}
