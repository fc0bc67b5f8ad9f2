// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Sources;
using Lateen.Core;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Lateen.ControlPlane.LocalMesh;

/// <summary>
/// A whole mesh on this machine: a control plane, one program and one sidecar for each replica, the gateways; all of them
/// processes that are kept alive until the end.
/// </summary>
public sealed partial class LocalMesh : IAsyncDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(25);

    private readonly LocalMeshOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<SupervisedProcess> _processes = [];
    private readonly List<Task> _running = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(1),
    };

    /// <exception cref="ConfigurationException">The configuration has errors, or no Workload.</exception>
    public LocalMesh(LocalMeshOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _options = options;
        _time = time;
        _logs = logs;
        using var source = new ConfigSource(
            [new DirectoryTexts(options.ConfigPaths)],
            LastGoodFile.Find(options.ControlPlaneDirectory, time)
        );
        source.Load();
        Check(source);
        Replicas = ReplicaPlan.Of(source.Current);
        if (Replicas.Count == 0)
            throw new ConfigurationException([
                $"{string.Join(", ", options.ConfigPaths)}: there is no Workload; add one to say what runs",
            ]);
        if (Replicas.Count > 254)
            throw new ConfigurationException([
                $"{Replicas.Count} replicas are more than the 254 that one machine has addresses for",
            ]);
    }

    public IReadOnlyList<Replica> Replicas { get; }

    public SupervisedProcess ControlPlane => _processes[0];

    /// <summary>Where the control plane answers questions.</summary>
    public Uri Monitoring => new($"http://127.0.0.1:{_options.MonitoringPort}");

    /// <summary>A file by which <c>kubectl</c> finds the resource API.</summary>
    public string Kubeconfig => Path.Combine(_options.StateDirectory, "kubeconfig");

    /// <summary>The proxy process beside a replica.</summary>
    public SupervisedProcess ProxyOf(Replica replica) =>
        _processes.Single(process => process.Name == $"{replica.Name}.proxy");

    /// <summary>Starts everything; returns when every proxy is ready and every program listens.</summary>
    /// <exception cref="TimeoutException">Something did not come up in time; the message names it and its log.</exception>
    public async Task StartAsync(TimeSpan limit, CancellationToken cancel)
    {
        var generated = Path.Combine(_options.StateDirectory, "generated");
        Directory.CreateDirectory(generated);
        Directory.CreateDirectory(Path.Combine(_options.StateDirectory, "logs"));
        await File.WriteAllTextAsync(
                Path.Combine(generated, "workload-entries.yaml"),
                ReplicaPlan.WorkloadEntries(Replicas),
                cancel
            )
            .ConfigureAwait(false);
        await File.WriteAllTextAsync(
                Kubeconfig,
                ResourceApi.Security.Kubeconfig.Write(new IPEndPoint(IPAddress.Loopback, _options.ApiPort), null, null),
                cancel
            )
            .ConfigureAwait(false);
        Add("control-plane", () => ProcessTemplates.ControlPlane(_options, generated));
        foreach (var replica in Replicas)
        {
            if (!replica.Workload.IsGateway)
                Add(replica.Name, () => ProcessTemplates.App(replica));
            var state = Path.Combine(_options.StateDirectory, "state", replica.Name);
            Add(
                $"{replica.Name}.proxy",
                () => ProcessTemplates.Proxy(replica, _options.ProxyExecutable, $"127.0.0.1:{_options.XdsPort}", state)
            );
        }
        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        await Task.WhenAll(Replicas.Select(replica => WaitForAsync(replica, either.Token))).ConfigureAwait(false);
    }

    /// <summary>Waits until a replica's proxy says it is ready and its program accepts connections.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task WaitForAsync(Replica replica, CancellationToken cancel)
    {
        var waitingFor = $"{replica.Name}.proxy";
        try
        {
            while (!await IsReadyAsync(replica, cancel).ConfigureAwait(false))
                await Task.Delay(s_poll, _time, cancel).ConfigureAwait(false);
            waitingFor = replica.Name;
            foreach (var port in replica.Workload.Ports.Values)
            {
                while (!await AcceptsAsync(new IPEndPoint(replica.AppAddress, port), cancel).ConfigureAwait(false))
                    await Task.Delay(s_poll, _time, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"{waitingFor} is not ready; see {LogOf(waitingFor)}", cause);
        }
    }

    /// <summary>Stops all processes and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(false);
        _stop.Dispose();
        _client.Dispose();
    }

    /// <summary>A mesh that ran starts again, although somebody has made a mistake since; a new one does not begin with one.</summary>
    private void Check(ConfigSource source)
    {
        var held = source.Restored.ToHashSet(StringComparer.Ordinal);
        var problems = FieldPlaces.InFiles(source.Current.Problems);
        var errors = problems
            .Where(problem => problem.Severity == Severity.Error && !held.Contains(problem.Where.Source))
            .Select(static problem => problem.ToString())
            .ToList();
        if (errors.Count > 0)
            throw new ConfigurationException(errors);
        foreach (var problem in problems.Where(problem => held.Contains(problem.Where.Source)))
            LogHeld(_logs.CreateLogger("up"), problem.ToString());
    }

    private string LogOf(string process) => Path.Combine(_options.StateDirectory, "logs", $"{process}.log");

    private void Add(string name, Func<System.Diagnostics.ProcessStartInfo> start)
    {
        var process = new SupervisedProcess(name, start, LogOf(name), _time, _logs.CreateLogger("up"));
        _processes.Add(process);
        _running.Add(process.RunAsync(_stop.Token));
    }

    private async Task<bool> IsReadyAsync(Replica replica, CancellationToken cancel)
    {
        try
        {
            using var answer = await _client
                .GetAsync(new Uri($"http://{replica.MeshAddress}:15021/healthz/ready"), cancel)
                .ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure)
            when (failure is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> AcceptsAsync(IPEndPoint at, CancellationToken cancel)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(at, cancel).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Problem}")]
    private static partial void LogHeld(ILogger log, string problem);
}
