// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Lateen.Cli.Resources;
using Lateen.Config.Objects;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen apply</c>: makes objects what files say, by server-side apply.</summary>
internal sealed class ApplyCommand
{
    /// <summary>Who applies, unless told otherwise.</summary>
    public const string StandardManager = "lateen";

    private readonly ApiFlags _api = new();
    private readonly ScopeFlags _scope = new();
    private readonly ResourceFiles _files = new();
    private readonly WriteFlags _write = new(StandardManager);

    private readonly Option<bool> _force = new("--force-conflicts")
    {
        Description = "Takes over fields that others own",
    };

    private readonly Option<bool> _serverSide = new("--server-side")
    {
        Description = "Always so here; taken for kubectl's sake",
        DefaultValueFactory = static _ => true,
    };

    private readonly Option<string> _validate = new("--validate")
    {
        Description = "What becomes of fields that there are not: strict refuses, warn warns, ignore",
        DefaultValueFactory = static _ => "strict",
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = $"Prints the objects: {OutputFormat.Forms}",
        HelpName = "FORMAT",
    };

    public static Command Create() => new ApplyCommand().Build();

    private Command Build()
    {
        var command = new Command("apply", "Makes resources what files say, and keeps whose fields they are");
        _files.AddTo(command);
        _scope.AddNamespaceTo(command);
        _write.AddDryRunTo(command);
        _write.AddManagerTo(command);
        foreach (var option in new Option[] { _force, _serverSide, _validate, _output })
            command.Options.Add(option);
        _api.AddTo(command);
        _validate.AcceptOnlyFromAmong("strict", "warn", "ignore", "true", "false");
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult args, CancellationToken stop)
    {
        var format = OutputFormat.Parse(args.GetValue(_output));
        if (format.Name == OutputFormat.Wide)
            throw new CommandFailure(ExitCode.Usage, "-o wide is for lateen get");
        var documents = _files.Read(args, _scope.Namespace(args));
        using var api = _api.Connect(args);
        var printer = new ObjectPrinter(format, args.InvocationConfiguration.Output);
        var code = ExitCode.Success;
        foreach (var item in documents)
        {
            var refused = await ApplyAsync(item, args, api, format, printer, stop).ConfigureAwait(false);
            if (refused is null)
                continue;
            foreach (var line in Tell(item, refused))
                await args.InvocationConfiguration.Error.WriteLineAsync($"lateen apply: {line}").ConfigureAwait(false);
            code = refused.ExitCode;
        }
        return code;
    }

    /// <returns>Null when it was done.</returns>
    private async Task<ApiAnswer?> ApplyAsync(
        ResourceDocument item,
        ParseResult args,
        ApiClient api,
        OutputFormat format,
        ObjectPrinter printer,
        CancellationToken stop
    )
    {
        var before = await api.GetAsync(item.Reference.Path, stop).ConfigureAwait(false);
        if (!before.IsSuccess && !before.IsNotFound)
            return before;
        var after = await api.PatchAsync(Path(item.Reference, args), Body(item), ApiClient.ApplyPatch, stop)
            .ConfigureAwait(false);
        if (!after.IsSuccess)
            return after;
        if (format.Name.Length > 0)
            printer.Write(item.Reference, after.Body);
        else
            await args
                .InvocationConfiguration.Output.WriteLineAsync(
                    $"{item.Reference.Display} {Deed(before, after)}{_write.Note(args)}"
                )
                .ConfigureAwait(false);
        return null;
    }

    private string Path(ResourceReference reference, ParseResult args) =>
        reference.With(
            ("fieldManager", _write.Manager(args)),
            ("force", args.GetValue(_force) ? "true" : ""),
            ("dryRun", _write.DryRun(args)),
            (
                "fieldValidation",
                args.GetValue(_validate) switch
                {
                    "strict" or "true" => "Strict",
                    "warn" => "Warn",
                    _ => "Ignore",
                }
            )
        );

    /// <summary>The object of a file, in the namespace that the command line says.</summary>
    public static JsonObject Body(ResourceDocument item)
    {
        var body = item.Document.Value.DeepClone().AsObject();
        if (item.Reference.Namespace.Length > 0)
            body.Part("metadata")["namespace"] = item.Reference.Namespace;
        return body;
    }

    private static string Deed(ApiAnswer before, ApiAnswer after) =>
        !before.IsSuccess ? "created"
        : Same(before.Body, after.Body) ? "unchanged"
        : "configured";

    /// <summary>
    /// By the objects themselves: a dry run has no new version, and the mesh may have written the status in between.
    /// </summary>
    private static bool Same(JsonObject before, JsonObject after) =>
        JsonNode.DeepEquals(ObjectPrinter.WithoutState(before), ObjectPrinter.WithoutState(after));

    /// <summary>Each cause with its place in the file.</summary>
    public static IEnumerable<string> Tell(ResourceDocument item, ApiAnswer refused)
    {
        var subject = $"{item.Reference.Kind.Name} {item.Reference.Namespace}/{item.Reference.Name}".Replace(
            " /",
            " ",
            StringComparison.Ordinal
        );
        var causes = refused.Code == 422 ? refused.Causes.ToList() : [];
        return causes.Count == 0
            ? [$"{item.Document.At}: {subject}: {refused.Message.ReplaceLineEndings(" ")}{refused.Advice}"]
            : causes.Select(cause =>
                $"{item.Document.PlaceOf(cause.Field)}: {subject}{(cause.Field.Length > 0 ? $", {cause.Field}" : "")}: {cause.Message}"
            );
    }
}
