// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Lateen.Cli.Resources;
using Lateen.Config.Objects;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen get</c>: shows objects, as columns or themselves.</summary>
internal sealed class GetCommand
{
    private readonly Argument<string[]> _words = new("RESOURCE")
    {
        Description = "KIND[,KIND], KIND NAME..., or KIND/NAME...",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly ApiFlags _api = new();
    private readonly ScopeFlags _scope = new();
    private readonly ResourceFiles _files = new();

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = OutputFormat.Forms,
        HelpName = "FORMAT",
    };

    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Goes on with what changes" };
    private readonly Option<bool> _watchOnly = new("--watch-only") { Description = "Begins with what changes" };
    private readonly Option<bool> _ignoreMissing = new("--ignore-not-found")
    {
        Description = "What is not there is no failure",
    };
    private readonly Option<bool> _noHeadings = new("--no-headers") { Description = "Columns without headings" };
    private readonly Option<bool> _labels = new("--show-labels") { Description = "A column with all labels" };
    private readonly Option<bool> _owners = new("--show-managed-fields") { Description = "With who owns which field" };

    public static Command Create() => new GetCommand().Build();

    private Command Build()
    {
        var command = new Command("get", "Shows resources");
        command.Arguments.Add(_words);
        _scope.AddTo(command);
        foreach (
            var option in new Option[] { _output, _watch, _watchOnly, _ignoreMissing, _noHeadings, _labels, _owners }
        )
            command.Options.Add(option);
        _files.AddTo(command);
        _api.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult args, CancellationToken stop)
    {
        var format = OutputFormat.Parse(args.GetValue(_output));
        var targets = _scope.Targets(args, args.GetValue(_words) ?? [], _files);
        using var api = _api.Connect(args);
        var queries = targets.Select(target => _scope.Query(target, args)).ToList();
        if (args.GetValue(_watch) || args.GetValue(_watchOnly))
            return await WatchAsync(queries, format, args, api, stop).ConfigureAwait(false);
        return format.IsTable
            ? await TablesAsync(queries, format, args, api, stop).ConfigureAwait(false)
            : await ObjectsAsync(queries, format, args, api, stop).ConfigureAwait(false);
    }

    private async Task<int> TablesAsync(
        IReadOnlyList<ResourceQuery> queries,
        OutputFormat format,
        ParseResult args,
        ApiClient api,
        CancellationToken stop
    )
    {
        var output = args.InvocationConfiguration.Output;
        var groups = queries.GroupBy(static query => query.Reference.Kind).ToList();
        var code = ExitCode.Success;
        var shown = 0;
        foreach (var group in groups)
        {
            var tables = new List<JsonObject>();
            foreach (var query in group)
            {
                foreach (var page in await query.ReadAsync(api, ApiClient.Table, stop).ConfigureAwait(false))
                {
                    if (page.IsSuccess)
                        tables.Add(page.Body);
                    else
                        code = Worse(code, Missing(page, args));
                }
            }
            if (!tables.Any(static table => table.Member("rows").Items().Any()))
                continue;
            if (shown++ > 0)
                await output.WriteLineAsync().ConfigureAwait(false);
            var prefix = groups.Count > 1 ? $"{ResourceReference.NameOf(group.Key)}/" : "";
            new TablePrinter(Columns(args, format, group.First().Reference), prefix, output).Write(tables);
        }
        if (shown == 0 && code == ExitCode.Success && !args.GetValue(_ignoreMissing))
            await args.InvocationConfiguration.Error.WriteLineAsync(Nothing(args)).ConfigureAwait(false);
        return code;
    }

    private async Task<int> ObjectsAsync(
        IReadOnlyList<ResourceQuery> queries,
        OutputFormat format,
        ParseResult args,
        ApiClient api,
        CancellationToken stop
    )
    {
        var found = new List<(ResourceReference Reference, JsonObject Item)>();
        var code = ExitCode.Success;
        foreach (var query in queries)
        {
            var pages = await query.ReadAsync(api, ApiClient.Json, stop).ConfigureAwait(false);
            if (pages[^1] is { IsSuccess: false } refused)
                code = Worse(code, Missing(refused, args));
            else
                found.AddRange(
                    ResourceQuery
                        .ObjectsOf(query.Reference, pages.Select(static page => page.Body))
                        .Select(item => (query.Reference, item))
                );
        }
        var printer = Printer(args, format);
        if (queries is [{ Reference.Name.Length: > 0 }])
        {
            if (found.Count > 0)
                printer.Write(found[0].Reference, found[0].Item);
        }
        else if (found.Count > 0 || code == ExitCode.Success)
        {
            printer.WriteList(found);
        }
        return code;
    }

    private async Task<int> WatchAsync(
        IReadOnlyList<ResourceQuery> queries,
        OutputFormat format,
        ParseResult args,
        ApiClient api,
        CancellationToken stop
    )
    {
        if (queries is not [var query])
            throw new CommandFailure(ExitCode.Usage, "watches one kind, or one resource, at a time");
        if (query.Reference is { Name: { Length: > 0 } name } reference)
            query = new ResourceQuery(reference with { Name = "" }, "", $"metadata.name={name}");
        var table = new TablePrinter(Columns(args, format, query.Reference), "", args.InvocationConfiguration.Output);
        var printer = Printer(args, format);
        var watch = new ResourceWatch(api, query, format.IsTable ? ApiClient.Table : ApiClient.Json);
        try
        {
            await foreach (
                var told in watch.RunAsync(args.GetValue(_watchOnly), stop).WithCancellation(stop).ConfigureAwait(false)
            )
            {
                if (format.IsTable)
                    table.Write([told]);
                else
                    printer.Write(query.Reference, told);
                await args.InvocationConfiguration.Output.FlushAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl+C is how a watch ends.
        }
        return ExitCode.Success;
    }

    /// <summary>Tells of what was refused, and returns what the command ends with.</summary>
    private int Missing(ApiAnswer refused, ParseResult args)
    {
        if (refused.IsNotFound && args.GetValue(_ignoreMissing))
            return ExitCode.Success;
        var failure = refused.ToFailure();
        args.InvocationConfiguration.Error.WriteLine($"lateen get: {failure.Message}");
        return failure.ExitCode;
    }

    private static int Worse(int one, int other) => other == ExitCode.Success ? one : other;

    private TableOptions Columns(ParseResult args, OutputFormat format, ResourceReference reference) =>
        new(
            format.Name == OutputFormat.Wide,
            _scope.IsEverywhere(args) && !reference.Kind.IsClusterScoped,
            args.GetValue(_labels),
            args.GetValue(_noHeadings)
        );

    private ObjectPrinter Printer(ParseResult args, OutputFormat format) =>
        new(format, args.InvocationConfiguration.Output) { ShowsOwners = args.GetValue(_owners) };

    private string Nothing(ParseResult args) =>
        _scope.IsEverywhere(args)
            ? "No resources found"
            : $"No resources found in {_scope.Namespace(args) ?? ResourceReference.DefaultNamespace} namespace.";
}
