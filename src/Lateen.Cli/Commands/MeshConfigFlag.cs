// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Core;
using Lateen.Mesh;

namespace Lateen.Cli.Commands;

/// <summary><c>--mesh-config</c>: Istio's MeshConfig in a file, read when the command starts.</summary>
internal sealed class MeshConfigFlag
{
    private readonly Option<string?> _file = new("--mesh-config")
    {
        Description = "File with the mesh's own settings, Istio's MeshConfig as YAML; read at the start",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Options.Add(_file);

    /// <summary>The settings, with every warning on standard error; the defaults where no file is given.</summary>
    /// <exception cref="CommandFailure">The file cannot be read, or has errors.</exception>
    public MeshConfig Read(ParseResult args)
    {
        if (args.GetValue(_file) is not { } path)
            return MeshConfig.Default;
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadData, $"{failure.Message.TrimEnd('.')}; check --mesh-config");
        }
        var (mesh, problems) = MeshConfigReader.Read(path, text);
        var error = args.InvocationConfiguration.Error;
        foreach (var problem in problems)
            error.WriteLine($"{(problem.Severity == Severity.Error ? "error" : "warning")}: {problem}");
        return mesh
            ?? throw new CommandFailure(
                ExitCode.BadData,
                $"{path} has errors; correct them, or leave out --mesh-config"
            );
    }
}
