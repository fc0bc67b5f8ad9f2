// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Config.Objects;
using Lateen.Core;

namespace Lateen.Cli.Resources;

/// <summary>Objects of files: <c>-f FILE</c>, of a directory's own files, with <c>-R</c> of all below, or of standard input (<c>-</c>).</summary>
internal sealed class ResourceFiles
{
    private readonly Option<string[]> _files = new("--filename", "-f")
    {
        Description = "File, directory or - for standard input; may be repeated",
        HelpName = "PATH",
    };

    private readonly Option<bool> _recursive = new("--recursive", "-R") { Description = "Directories with all below" };

    public void AddTo(Command command)
    {
        command.Options.Add(_files);
        command.Options.Add(_recursive);
    }

    public bool AreNamed(ParseResult args) => args.GetValue(_files) is { Length: > 0 };

    /// <summary>
    /// What is in them, in order of names, Namespaces first so that the others find theirs. What is somebody else's, as a Deployment, is left out, with
    /// a line on standard error.
    /// </summary>
    /// <exception cref="CommandFailure">A file is not there, or holds what is no object.</exception>
    public IReadOnlyList<ResourceDocument> Read(ParseResult args, string? ns)
    {
        if (!AreNamed(args))
            throw new CommandFailure(ExitCode.Usage, "names no file; write -f FILE, -f DIRECTORY or -f -");
        var console = (CommandConsole)args.InvocationConfiguration;
        var problems = new List<Problem>();
        var documents = new List<ObjectDocument>();
        foreach (var path in args.GetValue(_files)!)
        {
            foreach (var (name, text) in Texts(path, args.GetValue(_recursive), console))
                documents.AddRange(ObjectDocument.ReadAll(name, text, problems));
        }
        if (problems.Count > 0)
        {
            foreach (var problem in problems.Skip(1))
                console.Error.WriteLine($"error: {problem}");
            throw new CommandFailure(ExitCode.BadData, problems[0].ToString());
        }
        if (documents.Count == 0)
            throw new CommandFailure(ExitCode.BadData, "there is no object in these files");
        var kept = new List<ResourceDocument>();
        foreach (var document in documents)
        {
            if (ResourceReference.Of(document, ns) is { } reference)
                kept.Add(new ResourceDocument(reference, document));
            else
                console.Error.WriteLine($"skipped: {NameOf(document)}: Lateen does not keep this kind");
        }
        return kept.OrderBy(static item => item.Reference.Kind is { Group: "", Name: "Namespace" } ? 0 : 1).ToList();
    }

    /// <summary><c>Deployment "reviews-v1" (apps/v1)</c>.</summary>
    private static string NameOf(ObjectDocument document)
    {
        var metadata = document.Value.Member("metadata");
        var name = metadata.Text("name") ?? metadata.Text("generateName") ?? "";
        return $"{document.Value.Text("kind")} \"{name}\" ({document.Value.Text("apiVersion")})";
    }

    private static IEnumerable<(string Name, string Text)> Texts(string path, bool isRecursive, CommandConsole console)
    {
        if (path == "-")
            return [("standard input", console.Input.ReadToEnd())];
        try
        {
            if (File.Exists(path))
                return [(path, File.ReadAllText(path))];
            if (!Directory.Exists(path))
                throw new CommandFailure(ExitCode.BadData, $"there is no file or directory {path}; check -f");
            return Directory
                .EnumerateFiles(path, "*", isRecursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
                .Where(static file =>
                    Path.GetExtension(file) is ".yaml" or ".yml" or ".json" && !Path.GetFileName(file).StartsWith('.')
                )
                .Order(StringComparer.Ordinal)
                .Select(static file => (file, File.ReadAllText(file)))
                .ToList();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadData, $"{path}: {failure.Message.TrimEnd('.')}");
        }
    }
}

/// <summary>An object of a file, and what the API calls it.</summary>
internal sealed record ResourceDocument(ResourceReference Reference, ObjectDocument Document);
