// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Spectre.Console;

namespace Lateen.Cli.Demo;

/// <summary>The canary on the screen: traffic moves from v1 to v3 by a tenth every few seconds, back when a person says so.</summary>
internal sealed class DemoCanary(DemoMesh demo, DemoTraffic traffic)
{
    private const int RequestsPerSecond = 40;
    private const int Step = 10;
    private const int BarWidth = 28;
    private static readonly TimeSpan s_stepTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(3);

    private int _share;
    private bool _paused;

    public async Task RunAsync(CancellationToken cancel)
    {
        Console.WriteLine(
            $"  Canary: reviews v1 -> v3, {Step} % every {s_stepTime.TotalSeconds:0} s; {demo.RoutesFile}"
        );
        var running = traffic.RunAsync(RequestsPerSecond, cancel);
        await demo.ShiftAsync(100, 0, cancel).ConfigureAwait(false);
        var changed = Stopwatch.GetTimestamp();
        if (Console.IsOutputRedirected)
            await LinesAsync(changed, cancel).ConfigureAwait(false);
        else
            await AnsiConsole
                .Live(Picture())
                .StartAsync(async live =>
                    await LoopAsync(changed, () => live.UpdateTarget(Picture()), cancel).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    /// <summary>Without a terminal: a line for every step.</summary>
    private Task LinesAsync(long changed, CancellationToken cancel)
    {
        var last = -1;
        return LoopAsync(
            changed,
            () =>
            {
                if (last == _share)
                    return;
                last = _share;
                Console.WriteLine($"    v3 {_share} %");
            },
            cancel
        );
    }

    private async Task LoopAsync(long changed, Action draw, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            if (!_paused && _share < 100 && Stopwatch.GetElapsedTime(changed) > s_stepTime)
            {
                _share += Step;
                changed = Stopwatch.GetTimestamp();
                await demo.ShiftAsync(100 - _share, _share, cancel).ConfigureAwait(false);
            }
            if (await KeyAsync(cancel).ConfigureAwait(false))
                changed = Stopwatch.GetTimestamp();
            draw();
            await Task.Delay(s_refresh, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Space pauses, r takes everything back to v1; true when the shares changed.</summary>
    private async Task<bool> KeyAsync(CancellationToken cancel)
    {
        if (Console.IsInputRedirected || !Console.KeyAvailable)
            return false;
        switch (Console.ReadKey(intercept: true).KeyChar)
        {
            case ' ':
                _paused = !_paused;
                return true;
            case 'r':
                _share = 0;
                _paused = true;
                await demo.ShiftAsync(100, 0, cancel).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }

    private Rows Picture()
    {
        var from = Stopwatch.GetTimestamp() - (long)(s_window.TotalSeconds * Stopwatch.Frequency);
        var recent = traffic.Answers.Where(answer => answer.Began >= from).ToList();
        return new Rows(
            Line("v1", recent),
            Line("v3", recent),
            new Text(
                $"    failed {recent.Count(static answer => answer.Failure is not null)}   [space] {(_paused ? "go on" : "pause")}  [r] roll back"
            )
        );
    }

    private static Text Line(string version, List<Answer> recent)
    {
        var mine = recent
            .Where(answer => answer.Version == version)
            .Select(static answer => answer.Took.TotalMilliseconds)
            .Order()
            .ToList();
        var share = recent.Count == 0 ? 0 : mine.Count / (double)recent.Count;
        var full = (int)Math.Round(share * BarWidth);
        var p99 = mine.Count == 0 ? 0 : mine[(int)((mine.Count - 1) * 0.99)];
        return new Text(
            $"    {version} {new string('█', full)}{new string('░', BarWidth - full)} {share, 5:P0} {mine.Count / s_window.TotalSeconds, 6:0.0}/s  p99 {p99:0} ms"
        );
    }
}
