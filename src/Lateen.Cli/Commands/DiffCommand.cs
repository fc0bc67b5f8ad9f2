// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Lateen.Cli.Resources;
using Lateen.Config.Objects;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen diff</c>: what <c>lateen apply</c> would change, by a dry run; exits with 1 where that is anything.</summary>
internal sealed class DiffCommand
{
    private const string Live = "LIVE";
    private const string Merged = "MERGED";

    private readonly ApiFlags _api = new();
    private readonly ScopeFlags _scope = new();
    private readonly ResourceFiles _files = new();
    private readonly WriteFlags _write = new(ApplyCommand.StandardManager);

    private readonly Option<bool> _force = new("--force-conflicts")
    {
        Description = "As if fields of others were taken over",
    };

    private readonly Option<bool> _serverSide = new("--server-side")
    {
        Description = "Always so here; taken for kubectl's sake",
        DefaultValueFactory = static _ => true,
    };

    public static Command Create() => new DiffCommand().Build();

    private Command Build()
    {
        var command = new Command(
            "diff",
            "Shows what lateen apply would change, by diff -u -N or KUBECTL_EXTERNAL_DIFF; exits with 1 where there is a difference"
        );
        _files.AddTo(command);
        _scope.AddNamespaceTo(command);
        _write.AddManagerTo(command);
        command.Options.Add(_force);
        command.Options.Add(_serverSide);
        _api.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult args, CancellationToken stop)
    {
        try
        {
            var documents = _files.Read(args, _scope.Namespace(args));
            using var api = _api.Connect(args);
            using var scratch = new ScratchDirectory();
            foreach (var item in documents)
                await WriteAsync(item, args, api, scratch, stop).ConfigureAwait(false);
            return await ShowAsync(scratch, (CommandConsole)args.InvocationConfiguration, stop).ConfigureAwait(false);
        }
        catch (CommandFailure failure) when (failure.ExitCode == ExitCode.Different)
        {
            throw new CommandFailure(ExitCode.DiffFailed, failure.Message);
        }
    }

    private async Task WriteAsync(
        ResourceDocument item,
        ParseResult args,
        ApiClient api,
        ScratchDirectory scratch,
        CancellationToken stop
    )
    {
        var reference = item.Reference;
        var live = await api.GetAsync(reference.Path, stop).ConfigureAwait(false);
        if (!live.IsSuccess && !live.IsNotFound)
            throw live.ToFailure();
        var path = reference.With(
            ("dryRun", "All"),
            ("fieldManager", _write.Manager(args)),
            ("fieldValidation", "Strict"),
            ("force", args.GetValue(_force) ? "true" : "")
        );
        var merged = await api.PatchAsync(path, ApplyCommand.Body(item), ApiClient.ApplyPatch, stop)
            .ConfigureAwait(false);
        if (!merged.IsSuccess)
            throw new CommandFailure(merged.ExitCode, string.Join('\n', ApplyCommand.Tell(item, merged)));
        var name = string.Join(
            '.',
            reference.Kind.ApiVersion(reference.Version).Replace('/', '.'),
            reference.Kind.Name,
            reference.Namespace,
            reference.Name
        );
        var (before, after) = (
            live.IsSuccess ? ObjectPrinter.WithoutOwners(live.Body) : null,
            ObjectPrinter.WithoutOwners(merged.Body)
        );
        // Applying changes no status: where it differs, the mesh has written it in between.
        if (before?["status"] is { } status)
            after["status"] = status.DeepClone();
        if (before?.Member("metadata").Text("resourceVersion") is { } version)
            after.Part("metadata")["resourceVersion"] = version;
        if (reference.Kind is { Group: "", Name: "Secret" })
            SecretMask.Hide(before, after);
        Directory.CreateDirectory(scratch.PathOf(Live));
        if (before is not null)
            scratch.Write(Live, name, ObjectPrinter.Yaml(before));
        scratch.Write(Merged, name, ObjectPrinter.Yaml(after));
    }

    private static async Task<int> ShowAsync(ScratchDirectory scratch, CommandConsole console, CancellationToken stop)
    {
        var command = console.Variable("KUBECTL_EXTERNAL_DIFF") is { Length: > 0 } own ? own : "diff -u -N";
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(
                    "/bin/sh",
                    ["-c", $"{command} \"$0\" \"$1\"", scratch.PathOf(Live), scratch.PathOf(Merged)]
                )
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
            await console.Output.WriteAsync(await output.ConfigureAwait(false)).ConfigureAwait(false);
            await console.Error.WriteAsync(await errors.ConfigureAwait(false)).ConfigureAwait(false);
            return process.ExitCode <= ExitCode.Different
                ? process.ExitCode
                : throw new CommandFailure(
                    ExitCode.DiffFailed,
                    $"\"{command}\" ended with {process.ExitCode}; install diffutils, or set KUBECTL_EXTERNAL_DIFF"
                );
        }
        catch (Win32Exception missing)
        {
            throw new CommandFailure(ExitCode.Unavailable, $"there is no shell to run {command}: {missing.Message}");
        }
    }
}
