// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;

namespace Lateen.Bench;

/// <summary>A process under measurement, bound to a core.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>Kernel's ticks per second (USER_HZ), the same on every Linux of today.</summary>
    private const double TicksPerSecond = 100;

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts a program on one core. Its output goes nowhere.</summary>
    public static ChildProcess Start(
        int core,
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo("taskset", ["-c", $"{core}", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} cannot be started");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (Environment.GetEnvironmentVariable("LATEEN_BENCH_VERBOSE") is not null && line.Data is not null)
                Console.Error.WriteLine(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>Waits until something accepts on a port of an address.</summary>
    public async Task WaitForAsync(string address, int port)
    {
        for (var i = 0; i < 2000 && !_process.HasExited; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(5);
            }
        }
        throw new InvalidOperationException(
            $"{_process.StartInfo.ArgumentList[2]} does not listen on {address}:{port}"
        );
    }

    /// <summary>CPU time of the process and its children so far, user and system.</summary>
    public TimeSpan CpuTime() => TimeSpan.FromSeconds(Family().Sum(TicksOf) / TicksPerSecond);

    /// <summary>Resident memory of the process and its children in KiB.</summary>
    public long ResidentKilobytes() => Family().Sum(ResidentKilobytesOf);

    /// <summary>Lets it go ahead of whatever else runs on its core, where that is allowed.</summary>
    public void MakeUrgent()
    {
        foreach (var id in Family())
            Urgent.Make(id);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static long ResidentKilobytesOf(int id)
    {
        const string Field = "VmRSS:";
        var line = File.ReadLines($"/proc/{id}/status")
            .First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
    }

    private IEnumerable<int> Family()
    {
        yield return Id;
        foreach (
            var child in File.ReadAllText($"/proc/{Id}/task/{Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        )
            yield return int.Parse(child);
    }

    private static double TicksOf(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return double.Parse(fields[11]) + double.Parse(fields[12]);
    }
}
