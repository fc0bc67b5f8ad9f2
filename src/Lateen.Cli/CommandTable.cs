// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Cli.Commands;
using Lateen.Cli.Demo;
using Lateen.Cli.Up;
using Lateen.Config.Decoding;

namespace Lateen.Cli;

/// <summary>All commands of <c>lateen</c>, and how one is run. Results go to output, everything else to errors.</summary>
public static class CommandTable
{
    /// <summary>A control plane ends within two seconds, a local mesh within eight; what takes longer is cut off.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs one command line and returns the exit code.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors) =>
        RunAsync(args, new CommandConsole { Output = output, Error = errors });

    /// <summary>The same with everything else that a command reads.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandConsole console)
    {
        var errors = console.Error;
        var parsed = Create().Parse(args.Count > 0 ? args : ["--help"]);
        if (parsed.Errors.Count > 0)
        {
            await errors.WriteLineAsync(Explain(parsed)).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        console.EnableDefaultExceptionHandler = false;
        console.ProcessTerminationTimeout = s_patience;
        try
        {
            return await parsed.InvokeAsync(console).ConfigureAwait(false);
        }
        catch (CommandFailure failure)
        {
            await errors
                .WriteLineAsync($"{PathOf(parsed.CommandResult.Command)}: {failure.Message}")
                .ConfigureAwait(false);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // Told to stop before it was done.
            return ExitCode.Failure;
        }
    }

    private static RootCommand Create() =>
        new("A service mesh in C#: the control plane, and what operates it")
        {
            ServeCommand.Create(),
            UpCommand.Create(),
            DemoCommand.Create(),
            ApplyCommand.Create(),
            GetCommand.Create(),
            EditCommand.Create(),
            DiffCommand.Create(),
            DeleteCommand.Create(),
            ValidateCommand.Create(),
            AnalyzeCommand.Create(),
            ProxyStatusCommand.Create(),
            ExperimentalCommand.Create(),
            VersionCommand.Create(),
        };

    /// <summary>One line: what is wrong, and the nearest thing that would be right.</summary>
    private static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(command);
        if (parsed.UnmatchedTokens.Count == 0)
            return $"{path}: {OneLine(parsed.Errors[0].Message).TrimEnd('.')}; see {path} --help";
        var word = parsed.UnmatchedTokens[0];
        var known = word.StartsWith('-')
            ? command.Options.SelectMany(static option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.SelectMany(static sub => sub.Aliases.Prepend(sub.Name));
        var what = word.StartsWith('-') ? "option" : "command";
        return Spelling.Closest(word, known) is { } meant
            ? $"{path}: there is no {what} {word}; did you mean {meant}?"
            : $"{path}: there is no {what} {word}; see {path} --help";
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string PathOf(Command command) =>
        command is RootCommand ? "lateen" : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";
}
