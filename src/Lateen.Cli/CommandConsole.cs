// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Lateen.Cli;

/// <summary>What a command reads and writes beside its arguments.</summary>
public sealed class CommandConsole : InvocationConfiguration
{
    public TextReader Input { get; init; } = Console.In;

    /// <summary>An environment variable; null where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;
}
