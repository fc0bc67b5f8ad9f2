// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using Lateen.Agent;
using Lateen.Core;
using Lateen.ProxyHost;

const int Ok = 0;
const int Failure = 1;
const int Usage = 64;

var version = typeof(ProxyProcess).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
switch (args.Length == 0 ? "" : args[0])
{
    case "sidecar" or "gateway":
        break;
    case "version" or "--version":
        Console.WriteLine($"lateen-proxy {version}");
        return Ok;
    case "" or "--help" or "-h" or "help":
        Console.WriteLine(CommandLine.Help);
        return args.Length == 0 ? Usage : Ok;
    default:
        Console.Error.WriteLine($"lateen-proxy: there is no command \"{args[0]}\"; see lateen-proxy --help");
        return Usage;
}

var environment = Environment
    .GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(
        static entry => (string)entry.Key,
        static entry => (string?)entry.Value ?? "",
        StringComparer.Ordinal
    );
var commandLine = new CommandLine();
ProxyOptions options;
try
{
    options = commandLine.Parse(args[0], args.AsSpan(1), environment);
}
catch (UsageException failure)
{
    Console.Error.WriteLine($"lateen-proxy: {failure.Message}");
    return Usage;
}

var levels = new LogLevels(commandLine.LogLevel, ProxyProcess.LogScopes);
var log = new ConsoleLog(Console.Error, levels, TimeProvider.System);
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
if (commandLine.ExitWithStdin)
    StdinWatch.Start(stop);
try
{
    using var proxy = new ProxyProcess(options, version, log, levels, TimeProvider.System);
    log.Write(
        LogLevel.Info,
        "proxy",
        $"lateen-proxy {version} as {options.Identity.NodeId}, {options.Concurrency} workers"
    );
    await proxy.RunAsync(stop.Token).ConfigureAwait(false);
    return Ok;
}
catch (SocketException failure)
{
    log.Write(LogLevel.Error, "proxy", $"cannot open the admin ports on {options.AdminAddress}: {failure.Message}");
    return Failure;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
