// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli;

/// <summary>Ends a command with one line on standard error: what went wrong and what to do about it.</summary>
public sealed class CommandFailure(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
