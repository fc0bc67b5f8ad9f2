// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen x</c>: commands whose flags and output may change, as <c>istioctl experimental</c>.</summary>
internal static class ExperimentalCommand
{
    public static Command Create()
    {
        var command = new Command("x", "Commands that may change") { SchemaCommand.Create() };
        command.Aliases.Add("experimental");
        command.Aliases.Add("exp");
        return command;
    }
}
