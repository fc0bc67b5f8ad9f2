// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lateen.Net.Loop;

namespace DataPlane.Tests.Interop;

/// <summary>
/// A network namespace of a test's own, for packets that are redirected. Threads enter it one by one: what a thread opens
/// there stays there.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private const int CloneNewNetwork = 0x40000000;
    private static int s_count;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Made with its loopback interface up. Needs root: without it the test is skipped.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a network namespace needs root");
        var created = new NetworkNamespace($"lateen-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        await Must("ip", $"netns add {created.Name}");
        await created.Do("ip link set lo up");
        return created;
    }

    /// <summary>Runs a command inside.</summary>
    public Task<(int Code, string Output)> Run(string command) => Tool.Run("ip", $"netns exec {Name} {command}");

    /// <summary>Runs a command inside that must succeed.</summary>
    public Task Do(string command) => Must("ip", $"netns exec {Name} {command}");

    /// <summary>Does something on a thread inside.</summary>
    public T Inside<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = action();
            }
            catch (Exception e) // for the thread that waits
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw failure;
    }

    /// <summary>Moves a loop's thread inside.</summary>
    public async Task Move(EventLoop loop)
    {
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            Enter();
            moved.SetResult();
        });
        await moved.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        using var process = Tool.Start("ip", $"netns del {Name}");
        process.WaitForExit();
    }

    private void Enter()
    {
        using var file = File.OpenHandle($"/run/netns/{Name}");
        if (SetNamespace(file.DangerousGetHandle().ToInt32(), CloneNewNetwork) != 0)
            throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static async Task Must(string command, string arguments)
    {
        var (code, output) = await Tool.Run(command, arguments);
        Assert.True(code == 0, $"{command} {arguments}: {output}");
    }

    [SuppressMessage(
        "Interoperability",
        "SYSLIB1054",
        Justification = "What it generates is unsafe; tests do without."
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int descriptor, int kind);
}
