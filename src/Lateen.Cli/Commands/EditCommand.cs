// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Cli.Resources;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen edit</c>: changes an object in an editor, which opens again as long as it is not in order.</summary>
internal sealed class EditCommand
{
    private readonly Argument<string[]> _words = new("RESOURCE")
    {
        Description = "KIND NAME..., or KIND/NAME...",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly ApiFlags _api = new();
    private readonly ScopeFlags _scope = new();
    private readonly ResourceFiles _files = new();
    private readonly WriteFlags _write = new("lateen-edit");

    public static Command Create() => new EditCommand().Build();

    private Command Build()
    {
        var command = new Command("edit", "Changes resources in the editor that KUBE_EDITOR or EDITOR names, or vi");
        command.Arguments.Add(_words);
        _scope.AddNamespaceTo(command);
        _files.AddTo(command);
        _write.AddManagerTo(command);
        _api.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult args, CancellationToken stop)
    {
        var targets = Targets(args);
        if (targets.Any(static target => target.Name.Length == 0))
            throw new CommandFailure(ExitCode.Usage, "edits by name; write KIND NAME or KIND/NAME");
        var console = (CommandConsole)args.InvocationConfiguration;
        using var api = _api.Connect(args);
        var session = new EditSession(api, new Editor(console), console, _write.Manager(args));
        foreach (var target in targets)
            await session.EditAsync(target, stop).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private IReadOnlyList<ResourceReference> Targets(ParseResult args)
    {
        var words = args.GetValue(_words) ?? [];
        if (!_files.AreNamed(args))
            return ResourceArguments.Parse(words, _scope.Namespace(args), isEverywhere: false);
        return words.Length == 0
            ? _files.Read(args, _scope.Namespace(args)).Select(static item => item.Reference).ToList()
            : throw new CommandFailure(ExitCode.Usage, "takes names or -f, not both");
    }
}
