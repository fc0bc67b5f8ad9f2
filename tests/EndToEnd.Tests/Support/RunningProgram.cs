// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;

namespace EndToEnd.Tests.Support;

/// <summary>A program under test, with everything that it has said so far.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Lock _lock = new();

    private RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Standard output and error, in the order in which they came.</summary>
    public string Said
    {
        get
        {
            lock (_lock)
                return _said.ToString();
        }
    }

    public static RunningProgram Start(string file, params string[] arguments)
    {
        // Whoever was started in the background ignores Ctrl+C, and so would its children.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", file, .. arguments])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new RunningProgram(Process.Start(start)!);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <summary>Waits for a line that has the text; fails when the program ends before it says so.</summary>
    public Task WaitForAsync(string text, CancellationToken cancel) =>
        Eventually.TrueAsync(
            () =>
            {
                if (Said.Contains(text, StringComparison.Ordinal))
                    return Task.FromResult(true);
                Assert.False(_process.HasExited, $"it ended before it said \"{text}\":\n{Said}");
                return Task.FromResult(false);
            },
            cancel
        );

    /// <summary>Stops it as Ctrl+C in a terminal would, and waits.</summary>
    public async Task<int> InterruptAsync(CancellationToken cancel)
    {
        using (var kill = Process.Start("/bin/kill", ["-INT", $"{_process.Id}"]))
            await kill.WaitForExitAsync(cancel);
        return await WaitForExitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
            _said.AppendLine(line);
    }
}
