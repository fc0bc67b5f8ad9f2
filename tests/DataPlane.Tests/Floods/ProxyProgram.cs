// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DataPlane.Tests.Agent;
using DataPlane.Tests.Server;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Agent.State;
using Lateen.Xds;
using Cluster = Envoy.Config.Cluster.V3.Cluster;
using Listener = Envoy.Config.Listener.V3.Listener;

namespace DataPlane.Tests.Floods;

/// <summary>
/// <c>lateen-proxy</c> as a process of its own, so that its memory and descriptors are its own too. It has no control plane: what
/// it serves it finds on its disk.
/// </summary>
internal sealed class ProxyProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _state;
    private readonly Process _process;
    private readonly HttpClient _admin;
    private readonly ConcurrentQueue<string> _log = new();

    private ProxyProgram(DirectoryInfo state, Process process, int adminPort)
    {
        _state = state;
        _process = process;
        _admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{adminPort}/") };
    }

    public int Id => _process.Id;

    /// <summary>Starts a proxy and waits until it serves.</summary>
    /// <param name="openFiles">Descriptors that it may have; as many as this process by default.</param>
    public static async Task<ProxyProgram> StartAsync(
        IEnumerable<(string Name, string Json)> clusters,
        IEnumerable<(string Name, string Json)> listeners,
        string flags = "",
        int? openFiles = null
    )
    {
        var state = Directory.CreateTempSubdirectory("lateen-flood-");
        await SaveAsync(
            state.FullName,
            [.. Pack<Cluster>(TypeUrls.Cluster, clusters), .. Pack<Listener>(TypeUrls.Listener, listeners)]
        );
        var admin = FreePorts.Next();
        var start = new ProcessStartInfo(
            "/bin/sh",
            $"-c \"{(openFiles is null ? "" : $"ulimit -n {openFiles} && ")}exec dotnet {Path()} sidecar --discovery-address 127.0.0.1:9 --concurrency 1 --state-dir {state.FullName} "
                + $"--admin-port {admin} --agent-port 0 --status-port 0 --prometheus-port 0 --exit-with-stdin {flags}\""
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        start.Environment["INSTANCE_IP"] = ClientUnderTest.Identity.Address;
        start.Environment["POD_NAME"] = ClientUnderTest.Identity.Name;
        var process = Process.Start(start)!;
        var program = new ProxyProgram(state, process, admin);
        process.ErrorDataReceived += (_, line) => program._log.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        await program.WaitForReadyAsync();
        return program;
    }

    /// <summary>Every number there is, by its plain name.</summary>
    public async Task<IReadOnlyDictionary<string, long>> StatsAsync()
    {
        Assert.False(_process.HasExited, "the proxy has ended: " + string.Join('\n', _log));
        var text = await _admin.GetStringAsync("stats", TestContext.Current.CancellationToken);
        var stats = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.LastIndexOf(": ", StringComparison.Ordinal);
            if (colon > 0 && long.TryParse(line.AsSpan(colon + 2), CultureInfo.InvariantCulture, out var value))
                stats[line[..colon]] = value;
        }
        return stats;
    }

    /// <summary>Looks until its numbers are as they should be.</summary>
    public async Task UntilAsync(
        Func<IReadOnlyDictionary<string, long>, bool> holds,
        Func<IReadOnlyDictionary<string, long>, string> describe
    )
    {
        var began = Stopwatch.GetTimestamp();
        // Each look costs the proxy memory too, so there are few of them.
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var stats = await StatsAsync();
            if (holds(stats))
                return;
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, describe(stats));
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Bytes of resident memory.</summary>
    public long Resident() => Status("VmRSS:");

    /// <summary>The most that it was since <see cref="ForgetMostResident"/>: the kernel has noted it.</summary>
    public long MostResident() => Status("VmHWM:");

    public void ForgetMostResident() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    /// <summary>Everything that is open.</summary>
    public int OpenFiles() => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Sockets and pipes. Other files the runtime opens when it likes.</summary>
    public int Descriptors() => Directory.GetFiles($"/proc/{_process.Id}/fd").Count(IsSocketOrPipe);

    private static bool IsSocketOrPipe(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false) is { Name: var name }
                && (
                    name.StartsWith("socket:", StringComparison.Ordinal)
                    || name.StartsWith("pipe:", StringComparison.Ordinal)
                );
        }
        catch (FileNotFoundException)
        {
            return false; // closed since it was listed
        }
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _process.StandardInput.Close();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _state.Delete(recursive: true);
    }

    private long Status(string field)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status")
            .First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(
                line.AsSpan(field.Length, line.Length - field.Length - " kB".Length),
                CultureInfo.InvariantCulture
            ) * 1024;
    }

    private static string Path()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal)
            ? "Release"
            : "Debug";
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Lateen.slnx")))
                return System.IO.Path.Combine(
                    at.FullName,
                    "src/Lateen.ProxyHost/bin",
                    configuration,
                    "net10.0/lateen-proxy.dll"
                );
        }
        throw new DirectoryNotFoundException("the tests do not lie inside a source tree");
    }

    private static IEnumerable<(string, NamedResource)> Pack<T>(
        string type,
        IEnumerable<(string Name, string Json)> resources
    )
        where T : IMessage<T>, new() =>
        resources.Select(resource =>
            (
                type,
                new NamedResource(
                    resource.Name,
                    "1",
                    Any.Pack(ProxyFixture.Json.Parse<T>(resource.Json), "type.googleapis.com")
                )
            )
        );

    private static async Task SaveAsync(string directory, (string, NamedResource)[] resources)
    {
        var file = new LastGoodFile(directory, ClientUnderTest.Identity.NodeId, new LogLines(), TimeProvider.System);
        file.Touch();
        await file.RunAsync(() => resources, new CancellationToken(canceled: true));
    }

    private async Task WaitForReadyAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await tick.WaitForNextTickAsync(patience.Token))
        {
            try
            {
                using var answer = await _admin.GetAsync("ready", patience.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            Assert.False(_process.HasExited, "the proxy has ended: " + string.Join('\n', _log));
        }
    }
}
