// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace ControlPlane.Tests.Durability;

/// <summary>A control plane as a process of its own, <c>lateen serve</c>, that can be killed and started again.</summary>
internal sealed partial class ServingProcess(params string[] flags) : IDisposable
{
    /// <summary>Not by default: a write is known by its revision, and nobody else may write.</summary>
    public bool WritesStatus { get; init; }

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("lateen-serve");
    private readonly StringBuilder _said = new();
    private Process? _process;

    /// <summary>What outlives it.</summary>
    public string Data => _data.FullName;

    /// <summary>Where its resource API listens, if it has one; another port after each start.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:1");

    /// <summary>Where its debug pages are.</summary>
    public Uri Monitoring { get; private set; } = new("http://127.0.0.1:1");

    /// <summary>Where it serves proxies.</summary>
    public Uri Discovery { get; private set; } = new("http://127.0.0.1:1");

    /// <summary>Everything it wrote, over all its lives.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>Starts it; it listens when this is done.</summary>
    public Task StartAsync(CancellationToken stop) => StartAsync("metrics and debug pages at ", stop);

    /// <summary>Starts it, and waits until it has said something.</summary>
    public async Task StartAsync(string until, CancellationToken stop)
    {
        var process = _process = Launch();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Hear(line.Data, until, listening);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, until, listening);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"it ended:\n{Said}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.EnableRaisingEvents = true;
        await listening.Task.WaitAsync(stop);
    }

    /// <summary>Runs until it ends by itself; its exit code.</summary>
    public async Task<int> RunToEndAsync(CancellationToken stop)
    {
        using var process = Launch();
        var reading = process.StandardOutput.ReadToEndAsync(stop);
        var errors = await process.StandardError.ReadToEndAsync(stop);
        var output = await reading;
        await process.WaitForExitAsync(stop);
        lock (_said)
            _said.Append(output).Append(errors);
        return process.ExitCode;
    }

    /// <summary><c>kill -9</c>.</summary>
    public void Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        _data.Delete(recursive: true);
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "lateen.dll"),
                "serve",
                .. WritesStatus ? [] : new[] { "--no-status" },
                "--xds-port",
                "0",
                "--monitoring-port",
                "0",
                "--debug-port",
                "0",
                "--data",
                _data.FullName,
                .. flags,
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What this machine's user has configured is no part of the test.
        start.Environment["HOME"] = _data.FullName;
        start.Environment.Remove("KUBECONFIG");
        return Process.Start(start)!;
    }

    private void Hear(string? line, string until, TaskCompletionSource heard)
    {
        if (line is null)
            return;
        lock (_said)
            _said.AppendLine(line);
        if (ApiLine().Match(line) is { Success: true } api)
            Address = new Uri(api.Groups[1].Value);
        if (DiscoveryLine().Match(line) is { Success: true } discovery)
            Discovery = new Uri($"http://{discovery.Groups[1].Value}");
        if (PagesLine().Match(line) is { Success: true } pages)
            Monitoring = new Uri($"http://{pages.Groups[1].Value}");
        if (line.Contains(until, StringComparison.Ordinal))
            heard.TrySetResult();
    }

    [GeneratedRegex(@"Resource API at (http://\S+)")]
    private static partial Regex ApiLine();

    [GeneratedRegex(@"xDS at ([^\s,]+)")]
    private static partial Regex DiscoveryLine();

    [GeneratedRegex(@"metrics and debug pages at ([^\s,]+)")]
    private static partial Regex PagesLine();
}
