// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Schemas;
using Lateen.Config.Sources;
using Lateen.Core;
using Lateen.Mesh;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen validate</c>: every problem that a control plane would find in files, without one.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f")
        {
            Description = "File or directory to check; may be repeated",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            HelpName = "PATH",
        };
        var settings = new MeshConfigFlag();
        var command = new Command("validate", "Checks mesh YAML, all of it together, without a control plane")
        {
            files,
        };
        settings.AddTo(command);
        command.SetAction(args =>
            Run(args.GetRequiredValue(files), settings.Source(args), args.InvocationConfiguration)
        );
        return command;
    }

    private static int Run(string[] paths, ITextSource? settings, InvocationConfiguration console)
    {
        var (config, problems) = Read(paths, settings);
        var mesh = MeshBuilder.Build(
            config,
            EndpointSnapshot.From(config),
            MeshConfigReader.Of(config, MeshConfig.Default)
        );
        var all = problems.Select(Weighed).Concat(FieldPlaces.InFiles(mesh.Problems)).ToList();
        // As istioctl: what is for others is no matter of the mesh. That there was any is said below.
        var foreign = all.RemoveAll(static problem => problem.Code == ProblemCatalogue.KindForeign);
        foreach (var problem in all)
            console.Output.WriteLine($"{(problem.Severity == Severity.Error ? "error" : "warning")}: {problem}");
        var errors = all.Count(static problem => problem.Severity == Severity.Error);
        var read = config.Resources.Count(static resource =>
            KindCatalogue.Find(resource.Key.Group, resource.Key.Kind) is { IsForAnalysisOnly: false }
        );
        console.Error.WriteLine(
            $"{read} resources in order, {errors} errors, {all.Count - errors} warnings"
                + (foreign > 0 ? $"; {foreign} of kinds that the mesh does not read" : "")
        );
        return errors > 0 ? ExitCode.BadData : ExitCode.Success;
    }

    /// <summary>
    /// A control plane takes a route to a subset that the host's rules do not have, and answers it with 503. Who asks before that wants it to fail
    /// here; where the rules are elsewhere, nobody can know.
    /// </summary>
    private static Problem Weighed(Problem problem) =>
        problem.Code == ProblemCatalogue.SubsetUnknown ? problem with { Severity = Severity.Error } : problem;

    private static (ConfigSnapshot Config, IReadOnlyList<Problem> Problems) Read(string[] paths, ITextSource? settings)
    {
        try
        {
            using var source = new ConfigSource(
                settings is null ? [new DirectoryTexts(paths)] : [new DirectoryTexts(paths), settings]
            );
            IReadOnlyList<Problem> found = [];
            source.Changed += (_, problems) => found = problems;
            source.Load();
            return (source.Current, found);
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new CommandFailure(ExitCode.BadData, $"{missing.Message}; check -f");
        }
    }
}
