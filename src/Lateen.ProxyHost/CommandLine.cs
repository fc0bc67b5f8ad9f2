// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Lateen.Agent;
using Lateen.Agent.Overload;
using Lateen.Core;
using Lateen.Net;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.TransportSockets;

namespace Lateen.ProxyHost;

/// <summary>Flags and environment → <see cref="ProxyOptions"/>. Who the workload is comes from the environment, as with pilot-agent.</summary>
internal sealed class CommandLine
{
    public const string Help = """
        lateen-proxy: the data plane of the Lateen service mesh

        usage: lateen-proxy sidecar|gateway [flags]
               lateen-proxy version | --help

          --discovery-address HOST:PORT    control plane, plaintext xDS (127.0.0.1:15010)
          --xds delta|sotw                 variant of the protocol (delta)
          --sds-address ADDRESS            secrets of the cluster sds-grpc (unix:./var/run/secrets/workload-spiffe-uds/socket)
          --cds-initial-fetch-timeout DURATION  clusters are waited for so long, 0s for ever (15s)
          --lds-initial-fetch-timeout DURATION  the same for listeners (15s)
          --concurrency N                  worker threads (one per core)
          --state-dir DIR                  keep the last good configuration there and start from it
          --admin-address IP               address of the admin ports (127.0.0.1)
          --admin-port N                   admin interface (15000)
          --agent-port N                   agent endpoints (15020)
          --status-port N                  readiness (15021)
          --prometheus-port N              metrics (15090)
          --drain-time DURATION            connections of a changed listener may go on (45s)
          --termination-drain DURATION     a stopping proxy serves on (5s)
          --global-downstream-max-connections N  connections of clients (half of the open files that may be; 0 for any)
          --max-heap-size-bytes N          memory at which load is shed (80 % of the cgroup's limit; 0 for none)
          --overload-actions LIST          what is done, and when, as shrink_heap=fixed_heap:0.9,... or none
          --timer-scale-factors LIST       what reduce_timeouts does, as HTTP_DOWNSTREAM_CONNECTION_IDLE=2s,...
          --runtime LIST                   Envoy's runtime, as KEY=VALUE,...
          --log-level debug|info|warn|error  (info)
          --exit-with-stdin                end when standard input ends, as when the parent dies

        environment: INSTANCE_IP, POD_NAME, POD_NAMESPACE, SERVICE_ACCOUNT, ISTIO_META_<KEY>, ISTIO_METAJSON_LABELS,
          ISTIO_LOCALITY, EXIT_ON_ZERO_ACTIVE_CONNECTIONS; instead of flags LATEEN_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS,
          LATEEN_MAX_HEAP_SIZE_BYTES, LATEEN_OVERLOAD_ACTIONS, LATEEN_TIMER_SCALE_FACTORS, LATEEN_RUNTIME
        """;

    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);

    public LogLevel LogLevel { get; private set; } = LogLevel.Info;

    public bool ExitWithStdin { get; private set; }

    /// <summary>Reads the arguments after the command.</summary>
    /// <exception cref="UsageException">A flag is unknown or has a bad value; the message says which and what to write.</exception>
    public ProxyOptions Parse(
        string role,
        ReadOnlySpan<string> arguments,
        IReadOnlyDictionary<string, string> environment
    )
    {
        Collect(arguments);
        var overload = new OverloadFlags(flag => Take(flag, ""), environment);
        var options = new ProxyOptions
        {
            Identity = IdentityReader.Read(role, environment),
            DiscoveryAddress = Take("--discovery-address", "127.0.0.1:15010"),
            UseDelta = Take("--xds", "delta") switch
            {
                "delta" => true,
                "sotw" => false,
                var other => throw new UsageException($"--xds is \"{other}\"; write delta or sotw"),
            },
            SecretAddress = SecretTarget.TryParse(
                Take("--sds-address", "unix:./var/run/secrets/workload-spiffe-uds/socket"),
                out var secrets
            )
                ? secrets
                : throw new UsageException("--sds-address is no address; write unix:PATH or 127.0.0.1:9000"),
            SourceTimeouts = new SourceTimeouts(
                Seconds("--cds-initial-fetch-timeout", 15),
                Seconds("--lds-initial-fetch-timeout", 15)
            ),
            Concurrency = Number("--concurrency", Environment.ProcessorCount, 1, 256),
            StateDirectory = Take("--state-dir", "") is { Length: > 0 } directory ? directory : null,
            AdminAddress = IPAddress.TryParse(Take("--admin-address", "127.0.0.1"), out var address)
                ? address
                : throw new UsageException("--admin-address is no IP address; write one such as 127.0.0.1"),
            AdminPort = Number("--admin-port", 15000, 0, 65535),
            AgentPort = Number("--agent-port", 15020, 0, 65535),
            StatusPort = Number("--status-port", 15021, 0, 65535),
            PrometheusPort = Number("--prometheus-port", 15090, 0, 65535),
            Overload = overload.ReadSpec(MemoryLimit.Read()),
            Runtime = overload.ReadRuntime(Descriptors.RaiseLimit()),
            DrainTime = Seconds("--drain-time", 45),
            TerminationDrainDuration = Seconds("--termination-drain", 5),
            ExitOnZeroActiveConnections = environment.GetValueOrDefault("EXIT_ON_ZERO_ACTIVE_CONNECTIONS") == "true",
        };
        LogLevel = Take("--log-level", "info") switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Info,
            "warn" or "warning" => LogLevel.Warn,
            "error" => LogLevel.Error,
            var other => throw new UsageException($"--log-level is \"{other}\"; write debug, info, warn or error"),
        };
        if (_flags.Count > 0)
            throw new UsageException($"there is no flag {_flags.Keys.First()}; see lateen-proxy --help");
        return options;
    }

    private void Collect(ReadOnlySpan<string> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            var equals = argument.IndexOf('=');
            if (argument == "--exit-with-stdin")
                ExitWithStdin = true;
            else if (equals > 0)
                _flags[argument[..equals]] = argument[(equals + 1)..];
            else if (i + 1 < arguments.Length)
                _flags[argument] = arguments[++i];
            else
                throw new UsageException($"{argument} needs a value; see lateen-proxy --help");
        }
    }

    private string Take(string flag, string missing) => _flags.Remove(flag, out var value) ? value : missing;

    private int Number(string flag, int missing, int min, int max)
    {
        var text = Take(flag, "");
        if (text.Length == 0)
            return missing;
        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
            ? value
            : throw new UsageException($"{flag} is \"{text}\"; write a number from {min} to {max}");
    }

    /// <summary>A duration in seconds, as <c>45s</c> or <c>0.5s</c>.</summary>
    private TimeSpan Seconds(string flag, double missing)
    {
        var text = Take(flag, "");
        if (text.Length == 0)
            return TimeSpan.FromSeconds(missing);
        return
            text.EndsWith('s')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? TimeSpan.FromSeconds(value)
            : throw new UsageException($"{flag} is \"{text}\"; write seconds such as 5s");
    }
}

/// <summary>The command line is wrong; the message is for its user.</summary>
internal sealed class UsageException(string message) : Exception(message);
