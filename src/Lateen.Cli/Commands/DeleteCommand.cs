// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Cli.Resources;
using Lateen.Config.Objects;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen delete</c>: deletes objects by name, by selector, or those of files.</summary>
internal sealed class DeleteCommand
{
    private readonly Argument<string[]> _words = new("RESOURCE")
    {
        Description = "KIND NAME..., KIND/NAME..., or KIND with --selector or --all",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly ApiFlags _api = new();
    private readonly ScopeFlags _scope = new();
    private readonly ResourceFiles _files = new();
    private readonly WriteFlags _write = new(ApplyCommand.StandardManager);
    private readonly Option<bool> _all = new("--all") { Description = "All of the kind" };

    private readonly Option<bool> _ignoreMissing = new("--ignore-not-found")
    {
        Description = "What is not there is no failure",
    };

    private readonly Option<string> _cascade = new("--cascade")
    {
        Description = "background, foreground or orphan: all the same, since nothing here depends on anything else",
        DefaultValueFactory = static _ => "background",
    };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "name: the names alone" };

    public static Command Create() => new DeleteCommand().Build();

    private Command Build()
    {
        var command = new Command("delete", "Deletes resources");
        command.Arguments.Add(_words);
        _scope.AddTo(command);
        _write.AddDryRunTo(command);
        _cascade.AcceptOnlyFromAmong("background", "foreground", "orphan");
        _output.AcceptOnlyFromAmong(OutputFormat.ObjectName);
        foreach (var option in new Option[] { _all, _ignoreMissing, _cascade, _output })
            command.Options.Add(option);
        _files.AddTo(command);
        _api.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult args, CancellationToken stop)
    {
        var targets = _scope.Targets(args, args.GetValue(_words) ?? [], _files);
        var isSelected = _scope.HasSelectors(args) || args.GetValue(_all);
        if (!isSelected && targets.Any(static target => target.Name.Length == 0))
            throw new CommandFailure(ExitCode.Usage, "names no resource; write names, --selector or --all");
        if (args.GetValue(_all) && targets.Any(static target => target.Name.Length > 0))
            throw new CommandFailure(ExitCode.Usage, "takes names or --all, not both");
        using var api = _api.Connect(args);
        var code = ExitCode.Success;
        var count = 0;
        // Those of files in the opposite order, so that a namespace goes after what is in it.
        foreach (var target in _files.AreNamed(args) ? targets.Reverse() : targets)
        {
            foreach (var one in await ExpandAsync(target, args, api, stop).ConfigureAwait(false))
            {
                count++;
                var failed = await DeleteAsync(one, args, api, stop).ConfigureAwait(false);
                code = failed == ExitCode.Success ? code : failed;
            }
        }
        if (count == 0)
            await args.InvocationConfiguration.Error.WriteLineAsync("No resources found").ConfigureAwait(false);
        return code;
    }

    private async Task<IReadOnlyList<ResourceReference>> ExpandAsync(
        ResourceReference target,
        ParseResult args,
        ApiClient api,
        CancellationToken stop
    )
    {
        if (target.Name.Length > 0)
            return [target];
        var found = await _scope.Query(target, args).ObjectsAsync(api, stop).ConfigureAwait(false);
        return found
            .Select(item =>
                target with
                {
                    Namespace = item.Member("metadata").Text("namespace") ?? "",
                    Name = ObjectPrinter.NameOf(item),
                }
            )
            .ToList();
    }

    private async Task<int> DeleteAsync(
        ResourceReference target,
        ParseResult args,
        ApiClient api,
        CancellationToken stop
    )
    {
        var console = args.InvocationConfiguration;
        var policy = args.GetValue(_cascade)!;
        var path = target.With(
            ("propagationPolicy", char.ToUpperInvariant(policy[0]) + policy[1..]),
            ("dryRun", _write.DryRun(args))
        );
        var answer = await api.DeleteAsync(path, stop).ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            await console
                .Output.WriteLineAsync(
                    args.GetValue(_output) is null
                        ? $"{target.KindName} \"{target.Name}\" deleted{_write.Note(args)}"
                        : target.Display
                )
                .ConfigureAwait(false);
            return ExitCode.Success;
        }
        if (answer.IsNotFound && args.GetValue(_ignoreMissing))
            return ExitCode.Success;
        var failure = answer.ToFailure();
        await console.Error.WriteLineAsync($"lateen delete: {failure.Message}").ConfigureAwait(false);
        return failure.ExitCode;
    }
}
