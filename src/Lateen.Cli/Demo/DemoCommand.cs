// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Diagnostics;
using Lateen.Cli.Up;
using Lateen.ControlPlane.LocalMesh;
using Lateen.ControlPlane.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lateen.Cli.Demo;

/// <summary><c>lateen demo</c>: Bookinfo as a mesh on this machine, with a canary that shifts while you watch.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Run headless, verify everything, exit 0 or 1" };
        var command = new Command("demo", "Run the Bookinfo sample as a mesh and shift a canary live") { check };
        command.SetAction((result, cancel) => RunAsync(result.GetValue(check), cancel));
        return command;
    }

    private static async Task<int> RunAsync(bool check, CancellationToken cancel)
    {
        var root =
            Programs.FindSourceTree()
            ?? throw new CommandFailure(
                ExitCode.Unavailable,
                "there is no source tree; run it inside a clone of the repository"
            );
        using var logs = LoggerFactory.Create(static logging =>
        {
            logging.Services.AddSingleton(TimeProvider.System);
            LineConsole.AddTo(logging);
            // The screen belongs to the demo; what processes say is in their logs.
            logging.SetMinimumLevel(LogLevel.Error);
        });
        try
        {
            Console.WriteLine(
                "  Lateen demo: a service mesh on this machine. Nothing is installed; Ctrl+C removes everything."
            );
            await DemoBuild.RunAsync(root, cancel).ConfigureAwait(false);
            return await RunMeshAsync(root, check, logs, cancel).ConfigureAwait(false) ? 0 : 1;
        }
        catch (OperationCanceledException)
        {
            return check ? ExitCode.Failure : ExitCode.Success;
        }
        catch (Exception failure)
            when (failure is DemoException or ConfigurationException or TimeoutException or IOException)
        {
            throw new CommandFailure(ExitCode.Failure, failure.Message);
        }
    }

    private static async Task<bool> RunMeshAsync(string root, bool check, ILoggerFactory logs, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        await using var demo = new DemoMesh(root, logs);
        await demo.StartAsync(cancel).ConfigureAwait(false);
        Console.WriteLine($"  √ control plane                debug at {demo.Mesh.Monitoring}debug/syncz");
        Console.WriteLine(
            $"  √ workloads                    {string.Join("  ", demo.Mesh.Replicas.Select(static replica => replica.Resource.Name))}"
        );
        Console.WriteLine(
            $"  √ ready                        after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {DemoMesh.Gateway}productpage"
        );
        using var traffic = new DemoTraffic();
        if (check)
            return await new DemoCheck(demo, traffic, Console.Out).RunAsync(cancel).ConfigureAwait(false);
        await new DemoCanary(demo, traffic).RunAsync(cancel).ConfigureAwait(false);
        return true;
    }
}
