// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>How the processes of a local mesh are started. All of them end with their standard input.</summary>
internal static class ProcessTemplates
{
    /// <summary>
    /// A program that knows nothing of us: a shell beside it reads our end of standard input and ends the program when
    /// that ends.
    /// </summary>
    private const string EndWithStdin =
        "exec 3<&0; \"$@\" </dev/null 3<&- & child=$!; "
        + "( while read -r line <&3; do :; done; kill -TERM \"$child\" 2>/dev/null ) & watcher=$!; "
        + "trap 'kill -TERM \"$child\" 2>/dev/null' TERM INT; "
        + "wait \"$child\"; status=$?; kill \"$watcher\" 2>/dev/null; exit \"$status\"";

    public static ProcessStartInfo App(Replica replica)
    {
        var start = Basic("/bin/sh", ["-c", EndWithStdin, replica.Name, .. replica.Workload.Command]);
        start.WorkingDirectory = replica.Directory;
        foreach (var (name, value) in replica.AppEnvironment())
            start.Environment[name] = value;
        return start;
    }

    public static ProcessStartInfo Proxy(Replica replica, string executable, string xdsAddress, string stateDirectory)
    {
        var start = Run(
            executable,
            [
                replica.Workload.IsGateway ? "gateway" : "sidecar",
                "--discovery-address",
                xdsAddress,
                "--admin-address",
                replica.MeshAddress.ToString(),
                "--state-dir",
                stateDirectory,
                "--concurrency",
                "1",
                "--exit-with-stdin",
            ]
        );
        foreach (var (name, value) in replica.ProxyEnvironment())
            start.Environment[name] = value;
        return start;
    }

    public static ProcessStartInfo ControlPlane(LocalMeshOptions options, string generated)
    {
        var arguments = new List<string> { "serve", "--exit-with-stdin" };
        foreach (var path in options.ConfigPaths.Append(generated))
            arguments.AddRange(["--config-dir", path]);
        if (options.MeshConfigPath is { } settings)
            arguments.AddRange(["--mesh-config", settings]);
        arguments.AddRange(["--xds-port", Text(options.XdsPort), "--monitoring-port", Text(options.MonitoringPort)]);
        // 8080 belongs to the gateway here.
        arguments.AddRange(["--debug-port", "0"]);
        arguments.AddRange(["--data", options.ControlPlaneDirectory]);
        arguments.AddRange(["--api-listen", $"http://127.0.0.1:{Text(options.ApiPort)}"]);
        return Run(options.LateenExecutable, arguments);
    }

    /// <summary>A native program, or a .NET assembly that runs on the installed runtime.</summary>
    private static ProcessStartInfo Run(string executable, IEnumerable<string> arguments) =>
        executable.EndsWith(".dll", StringComparison.Ordinal)
            ? Basic("dotnet", [executable, .. arguments])
            : Basic(executable, arguments);

    private static ProcessStartInfo Basic(string file, IEnumerable<string> arguments) =>
        new(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
