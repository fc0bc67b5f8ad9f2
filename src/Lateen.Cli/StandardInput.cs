// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli;

/// <summary>Standard input as a life line: whoever started this program holds the other end.</summary>
internal static class StandardInput
{
    /// <summary>Cancels once standard input has ended, which it does when its holder is gone, however that went.</summary>
    public static void CancelAtEnd(CancellationTokenSource source)
    {
        // A thread of its own, since reading cannot be cancelled; as a background thread it keeps nothing alive.
        var reader = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0) { }
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The command has ended by itself.
            }
        })
        {
            IsBackground = true,
            Name = "standard input",
        };
        reader.Start();
    }
}
