// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Cli.Commands;
using Lateen.ControlPlane.LocalMesh;
using Lateen.ControlPlane.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lateen.Cli.Up;

/// <summary><c>lateen up</c>: a whole mesh on this machine, until Ctrl+C.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Files or directories with Workloads and mesh configuration",
            Arity = ArgumentArity.OneOrMore,
        };
        var state = new Option<string>("--state-dir")
        {
            Description = "Logs, generated files and saved configuration",
            DefaultValueFactory = static _ => ".lateen",
        };
        var settings = new MeshConfigFlag();
        var command = new Command("up", "Run the workloads of a configuration as a mesh on this machine")
        {
            paths,
            state,
        };
        settings.AddTo(command);
        command.SetAction(
            (result, cancel) =>
            {
                // Its errors are told before anything runs; from then on the control plane follows it.
                settings.Read(result);
                return RunAsync(
                    result.GetRequiredValue(paths),
                    result.GetRequiredValue(state),
                    settings.Path(result),
                    cancel
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string[] paths,
        string stateDirectory,
        string? settings,
        CancellationToken cancel
    )
    {
        var proxy =
            Programs.FindProxy()
            ?? throw new CommandFailure(
                ExitCode.Unavailable,
                "there is no lateen-proxy; put it beside lateen or set LATEEN_PROXY"
            );
        var options = new LocalMeshOptions
        {
            ConfigPaths = paths,
            MeshConfigPath = settings,
            StateDirectory = stateDirectory,
            LateenExecutable = Programs.Lateen,
            ProxyExecutable = proxy,
            XdsPort = FreePort.Near(15010),
            MonitoringPort = FreePort.Near(15014),
            ApiPort = FreePort.Near(8001),
        };
        using var logs = LoggerFactory.Create(static logging =>
        {
            logging.Services.AddSingleton(TimeProvider.System);
            LineConsole.AddTo(logging);
        });
        try
        {
            await using var mesh = new LocalMesh(options, TimeProvider.System, logs);
            await mesh.StartAsync(s_startLimit, cancel).ConfigureAwait(false);
            Console.WriteLine($"control plane   127.0.0.1:{options.XdsPort}, debug at {mesh.Monitoring}debug/syncz");
            Console.WriteLine($"resource API    kubectl --kubeconfig {mesh.Kubeconfig}");
            foreach (var replica in mesh.Replicas)
                Console.WriteLine(
                    $"{replica.Name, -15} {replica.MeshAddress}, admin at http://{replica.MeshAddress}:15000/"
                );
            Console.WriteLine(
                $"Everything is up; logs are in {Path.Combine(stateDirectory, "logs")}. Ctrl+C stops it all."
            );
            await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCode.Success;
        }
        catch (ConfigurationException failure)
        {
            throw new CommandFailure(ExitCode.BadData, failure.Message);
        }
        catch (TimeoutException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            throw new CommandFailure(ExitCode.Failure, failure.Message);
        }
    }
}
