// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Reflection;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen version</c>: this program's version.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Prints the version of this program");
        command.SetAction(static args =>
        {
            args.InvocationConfiguration.Output.WriteLine($"client version: {Text()}");
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The package version, without the commit that build servers append.</summary>
    private static string Text() =>
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
}
