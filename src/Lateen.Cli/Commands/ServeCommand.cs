// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Lateen.ControlPlane;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen serve</c>: the control plane, in the foreground, until it is told to stop.</summary>
internal static class ServeCommand
{
    private const int MaxPort = 65535;

    public static Command Create()
    {
        var config = new Option<string[]>("--config-dir", "-f")
        {
            Description = "Directory or file with the mesh's YAML, watched for changes; may be repeated",
            HelpName = "PATH",
        };
        var bind = new Option<string>("--bind")
        {
            Description = "IP address to listen on",
            DefaultValueFactory = static _ => "127.0.0.1",
            HelpName = "IP",
        };
        var xds = PortOption("--xds-port", "xDS for proxies, plaintext", 15010);
        var monitoring = PortOption("--monitoring-port", "Metrics, version and debug pages", 15014);
        var debug = PortOption("--debug-port", "Readiness and debug pages", 8080);
        var withInput = new Option<bool>("--exit-with-stdin")
        {
            Description = "Stops when standard input ends, so that it never outlives who started it",
            Hidden = true,
        };
        var noStatus = new Option<bool>("--no-status")
        {
            Description = "Leaves the status of what is in the store to others, as to another control plane on it",
        };
        bind.Validators.Add(static result =>
        {
            var text = result.GetValueOrDefault<string>();
            if (!IPAddress.TryParse(text, out _))
                result.AddError($"--bind {text} is no IP address");
        });
        var command = new Command("serve", "Runs the control plane")
        {
            config,
            bind,
            xds,
            monitoring,
            debug,
            noStatus,
            withInput,
        };
        var stores = new StoreFlags();
        stores.AddTo(command);
        var mesh = new MeshConfigFlag();
        mesh.AddTo(command);
        var api = new ResourceApiFlags(stores);
        api.AddTo(command);
        command.SetAction(
            async (args, stop) =>
            {
                var address = IPAddress.Parse(args.GetRequiredValue(bind));
                var settings = mesh.Read(args);
                var store = stores.Open(args);
                using var owned = store as IDisposable;
                var options = new ControlPlaneOptions
                {
                    ConfigPaths = args.GetValue(config) ?? [],
                    StateDirectory = stores.Data(args),
                    Mesh = settings,
                    MeshConfigPath = mesh.Path(args),
                    Store = store,
                    WritesStatus = !args.GetValue(noStatus),
                    Api = api.Read(args, address),
                    Bind = address,
                    XdsPort = args.GetValue(xds),
                    MonitoringPort = args.GetValue(monitoring),
                    DebugPort = args.GetValue(debug),
                };
                return await RunAsync(options, args.GetValue(withInput), stop).ConfigureAwait(false);
            }
        );
        return command;
    }

    private static Option<int> PortOption(string name, string description, int standard) =>
        new(name)
        {
            Description = $"{description}; 0 takes a free port",
            DefaultValueFactory = _ => standard,
            HelpName = "PORT",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= MaxPort)
                    return port;
                result.AddError($"{name} {text} is no port; use 0 to {MaxPort}");
                return standard;
            },
        };

    private static async Task<int> RunAsync(ControlPlaneOptions options, bool exitWithInput, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (exitWithInput)
            StandardInput.CancelAtEnd(ending);
        ControlPlaneHost host;
        try
        {
            host = new ControlPlaneHost(options, TimeProvider.System);
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new CommandFailure(ExitCode.BadData, $"{missing.Message}; check --config-dir");
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            throw new CommandFailure(
                ExitCode.BadData,
                $"{failure.Message.TrimEnd('.')}; check --data, --api-cert, --api-key, --api-client-ca and --api-tokens"
            );
        }
        await using (host.ConfigureAwait(false))
        {
            try
            {
                await host.StartAsync(ending.Token).ConfigureAwait(false);
            }
            catch (IOException taken)
            {
                throw new CommandFailure(
                    ExitCode.Unavailable,
                    $"{taken.Message.TrimEnd('.')}; stop what listens there, or choose "
                        + "--xds-port, --monitoring-port, --debug-port and --api-listen (port 0 takes a free one)"
                );
            }
            await WaitAsync(ending.Token).ConfigureAwait(false);
            await host.StopAsync().ConfigureAwait(false);
        }
        return ExitCode.Success;
    }

    /// <summary>Until Ctrl+C, SIGTERM or the end of standard input.</summary>
    private static async Task WaitAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(() => stopped.TrySetResult()).ConfigureAwait(false);
        await stopped.Task.ConfigureAwait(false);
    }
}
