// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config;
using Lateen.Config.Analysis;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Precedence;
using Lateen.Config.Sources;
using Lateen.Core;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen analyze</c>: what is wrong between resources, with the codes, levels and flags of istioctl's command.</summary>
internal static class AnalyzeCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Files and directories",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "log or json",
            DefaultValueFactory = _ => "log",
        };
        output.AcceptOnlyFromAmong("log", "json");
        var failAt = Level("--failure-threshold", "Least level that fails the command", "Error");
        var tellFrom = Level("--output-threshold", "Least level that is told", "Info");
        var list = new Option<bool>("--list-analyzers", "-L") { Description = "Lists the messages there are" };
        var root = new Option<string?>("--istioNamespace", "-i")
        {
            Description =
                "Namespace whose policies are for everybody [default: what the mesh's settings say, else istio-system]",
        };
        var settings = new MeshConfigFlag();
        var command = new Command(
            "analyze",
            "Looks for what is wrong between resources of files, without a control plane"
        )
        {
            files,
            output,
            failAt,
            tellFrom,
            list,
            root,
        };
        settings.AddTo(command);
        command.SetAction(args =>
        {
            var console = args.InvocationConfiguration;
            if (args.GetValue(list))
                return List(console.Output);
            if (args.GetValue(files) is not { Length: > 0 } paths)
                throw new CommandFailure(ExitCode.Usage, "names no file; write lateen analyze FILE or DIRECTORY");
            using var mesh = settings.Source(args);
            var found = Find(paths, mesh, args.GetValue(root)).ToArray();
            var told = found.Where(problem => problem.Severity >= Parse(args.GetValue(tellFrom)!)).ToArray();
            Write(told, args.GetValue(output)!, console);
            return found.Any(problem => problem.Severity >= Parse(args.GetValue(failAt)!))
                ? ExitCode.IssuesFound
                : ExitCode.Success;
        });
        return command;
    }

    private static Option<string> Level(string name, string description, string otherwise)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.AcceptOnlyFromAmong("Info", "Warning", "Error");
        return option;
    }

    private static Severity Parse(string level) => Enum.Parse<Severity>(level);

    private static int List(TextWriter output)
    {
        foreach (var message in MeshAnalysis.Messages)
            output.WriteLine($"{message.Code} {message.Level, -7} {message.Name}");
        return ExitCode.Success;
    }

    /// <summary>What reading finds, then what analysis does of the resources that could be read.</summary>
    /// <param name="rootNamespace">Null for that of the mesh's settings.</param>
    private static IEnumerable<Problem> Find(string[] paths, ITextSource? settings, string? rootNamespace)
    {
        try
        {
            var decoded = DirectoryTexts
                .ReadFiles(paths)
                .OrderBy(static file => file.Key, StringComparer.Ordinal)
                .Select(static file => ResourceDecoder.Decode(file.Key, file.Value))
                .Concat((settings?.Take() ?? []).Select(static change => change.Read).OfType<DecodedText>())
                .ToArray();
            var config = new ConfigSnapshot(1, decoded.SelectMany(static text => text.Resources), []);
            var mesh = MeshSettings.In(config) is { } resource ? MeshSettings.Of(resource) : new MeshConfiguration();
            return decoded
                .SelectMany(static text => text.Problems)
                // As istioctl: what is for others is no matter of the mesh.
                .Where(static problem => problem.Code != ProblemCatalogue.KindForeign)
                .Concat(
                    FieldPlaces.InFiles(
                        MeshAnalysis.Run(config, rootNamespace ?? mesh.RootNamespace, MeshExports.Of(mesh))
                    )
                );
        }
        catch (IOException missing)
        {
            throw new CommandFailure(ExitCode.BadData, missing.Message);
        }
    }

    private static void Write(IReadOnlyList<Problem> told, string format, InvocationConfiguration console)
    {
        if (format == "json")
        {
            console.Output.WriteLine(new JsonArray([.. told.Select(ToJson)]).ToJsonString(s_indented));
            return;
        }
        foreach (var problem in told)
            console.Output.WriteLine(Line(problem));
        console.Error.WriteLine(
            told.Count == 0 ? "✔ No validation issues found when analyzing the files." : $"{told.Count} findings"
        );
    }

    /// <summary>As istioctl's: level, code, resource and place in front of the words.</summary>
    private static string Line(Problem problem)
    {
        var field = problem.Field.Length == 0 ? "" : $"{problem.Field}: ";
        var fix = problem.Fix is null ? "" : $"; {problem.Fix}";
        return $"{problem.Severity} [{problem.Code}] ({problem.Subject} {problem.Where}) {field}{problem.Message}{fix}";
    }

    private static JsonNode ToJson(Problem problem) =>
        new JsonObject
        {
            ["code"] = problem.Code,
            ["level"] = $"{problem.Severity}",
            ["origin"] = problem.Subject,
            ["reference"] = $"{problem.Where}",
            ["field"] = problem.Field,
            ["message"] = problem.Message,
            ["fix"] = problem.Fix,
        };
}
