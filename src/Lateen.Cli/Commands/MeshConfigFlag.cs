// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Config.Decoding;
using Lateen.Config.Sources;
using Lateen.Core;
using Lateen.Mesh;

namespace Lateen.Cli.Commands;

/// <summary><c>--mesh-config</c>: Istio's MeshConfig in a file. Without it, the ConfigMap <c>istio</c> has them, where there is one.</summary>
internal sealed class MeshConfigFlag
{
    private readonly Option<string?> _file = new("--mesh-config")
    {
        Description =
            "File with the mesh's own settings, Istio's MeshConfig as YAML [default: the ConfigMap istio of istio-system, key mesh]",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Options.Add(_file);

    /// <summary>The file; null where none is named.</summary>
    public string? Path(ParseResult args) => args.GetValue(_file);

    /// <summary>The file as a part of a configuration; null where none is named.</summary>
    /// <exception cref="CommandFailure">There is no such file.</exception>
    public ITextSource? Source(ParseResult args)
    {
        if (Path(args) is not { } path)
            return null;
        RefuseDirectory(path);
        try
        {
            return DirectoryTexts.OfMesh(path);
        }
        catch (DirectoryNotFoundException missing)
        {
            throw new CommandFailure(ExitCode.BadData, $"{missing.Message}; check --mesh-config");
        }
    }

    /// <summary>The settings that a control plane begins with; the defaults where no file is named. Warnings are left to its log.</summary>
    /// <exception cref="CommandFailure">The file cannot be read, or has errors, all of which are on standard error.</exception>
    public MeshConfig Read(ParseResult args)
    {
        if (Path(args) is not { } path)
            return MeshConfig.Default;
        var (mesh, problems) = MeshConfigReader.Read(path, TextOf(path));
        if (mesh is not null)
            return mesh;
        var error = args.InvocationConfiguration.Error;
        foreach (var problem in problems)
            error.WriteLine($"{(problem.Severity == Severity.Error ? "error" : "warning")}: {problem}");
        throw new CommandFailure(ExitCode.BadData, $"{path} has errors; correct them, or leave out --mesh-config");
    }

    private static string TextOf(string path)
    {
        RefuseDirectory(path);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadData, $"{failure.Message.TrimEnd('.')}; check --mesh-config");
        }
    }

    private static void RefuseDirectory(string path)
    {
        if (Directory.Exists(path))
            throw new CommandFailure(ExitCode.BadData, $"{path} is a directory; name the file with --mesh-config");
    }
}
