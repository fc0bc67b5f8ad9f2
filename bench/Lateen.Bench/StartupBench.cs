// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Lateen.Bench;

/// <summary>From exec to ready, with the last good configuration on disk, as after a crash.</summary>
internal sealed class StartupBench(string binary, WorkDirectory directory)
{
    private const int Runs = 15;

    public async Task RunAsync()
    {
        await using var lateen = await LateenUnderTest.StartAsync(binary, directory, PeerConfigs.Mesh);
        await WaitForStateAsync(lateen.StateDirectory);
        var times = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            lateen.Process.Dispose();
            var began = Stopwatch.GetTimestamp();
            lateen.Launch();
            await lateen.WaitUntilReadyAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        Console.WriteLine(
            $"bench=startup runs={Runs} lateen={Report.Median(times):0} min={times.Min():0} max={times.Max():0} unit=ms_to_ready"
        );
    }

    private static async Task WaitForStateAsync(string stateDirectory)
    {
        while (!File.Exists(Path.Combine(stateDirectory, "last-good.bin")))
            await Task.Delay(10);
        // One more burst may follow the first.
        await Task.Delay(500);
    }
}
