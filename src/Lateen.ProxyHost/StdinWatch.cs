// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ProxyHost;

/// <summary>Ends the process with its parent: the parent holds the other end of standard input, and the kernel closes that even after kill -9.</summary>
internal static class StdinWatch
{
    public static void Start(CancellationTokenSource stop)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[64];
            while (input.Read(buffer) > 0) { }
            stop.Cancel();
        })
        {
            IsBackground = true,
            Name = "stdin-watch",
        };
        thread.Start();
    }
}
