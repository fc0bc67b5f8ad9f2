// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;

namespace Lateen.Cli.Resources;

/// <summary>The user's editor: <c>KUBE_EDITOR</c>, else <c>EDITOR</c>, else vi; a line of the shell.</summary>
internal sealed class Editor(CommandConsole console)
{
    private readonly string _command =
        console.Variable("KUBE_EDITOR") is { Length: > 0 } kubectls ? kubectls
        : console.Variable("EDITOR") is { Length: > 0 } own ? own
        : "vi";

    /// <summary>Returns when it was closed.</summary>
    /// <exception cref="CommandFailure">It cannot be started, or ended with an error.</exception>
    public async Task OpenAsync(string path, CancellationToken stop)
    {
        using var process = Start(path);
        await process.WaitForExitAsync(stop).ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new CommandFailure(
                ExitCode.Failure,
                $"the editor \"{_command}\" ended with {process.ExitCode}; set EDITOR to one that is there"
            );
    }

    private Process Start(string path)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", $"{_command} \"$0\"", path]) { UseShellExecute = false }
            )!;
        }
        catch (Win32Exception missing)
        {
            throw new CommandFailure(ExitCode.Unavailable, $"there is no shell to start the editor: {missing.Message}");
        }
    }
}
