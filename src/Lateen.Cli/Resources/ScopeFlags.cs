// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Lateen.Cli.Resources;

/// <summary>Flags that say which objects are meant; kubectl's names.</summary>
internal sealed class ScopeFlags
{
    private readonly Option<string?> _namespace = new("--namespace", "-n")
    {
        Description = $"Namespace of resources that name none [default: {ResourceReference.DefaultNamespace}]",
        HelpName = "NS",
    };

    private readonly Option<bool> _everywhere = new("--all-namespaces", "-A") { Description = "In all namespaces" };

    private readonly Option<string> _labels = new("--selector", "-l")
    {
        Description = "Labels they must have: app=reviews,version!=v1,tier in (a,b)",
        DefaultValueFactory = static _ => "",
        HelpName = "SELECTOR",
    };

    private readonly Option<string> _fields = new("--field-selector")
    {
        Description = "Fields they must have: metadata.name, metadata.namespace",
        DefaultValueFactory = static _ => "",
        HelpName = "SELECTOR",
    };

    public void AddNamespaceTo(Command command) => command.Options.Add(_namespace);

    public void AddTo(Command command)
    {
        AddNamespaceTo(command);
        command.Options.Add(_everywhere);
        command.Options.Add(_labels);
        command.Options.Add(_fields);
    }

    public string? Namespace(ParseResult args) => args.GetValue(_namespace);

    public bool IsEverywhere(ParseResult args) => args.GetValue(_everywhere);

    public bool HasSelectors(ParseResult args) => args.GetValue(_labels) != "" || args.GetValue(_fields) != "";

    public ResourceQuery Query(ResourceReference reference, ParseResult args) =>
        new(reference, args.GetValue(_labels)!, args.GetValue(_fields)!);

    /// <summary>What words of the command line name, or files.</summary>
    /// <exception cref="CommandFailure">It makes no sense.</exception>
    public IReadOnlyList<ResourceReference> Targets(ParseResult args, IReadOnlyList<string> words, ResourceFiles files)
    {
        if (!files.AreNamed(args))
        {
            var found = ResourceArguments.Parse(words, Namespace(args), IsEverywhere(args));
            return HasSelectors(args) && found.Any(static item => item.Name.Length > 0)
                ? throw new CommandFailure(
                    ExitCode.Usage,
                    "a selector selects among all; leave the names or the selector out"
                )
                : found;
        }
        if (words.Count > 0)
            throw new CommandFailure(ExitCode.Usage, "takes names or -f, not both");
        return files.Read(args, Namespace(args)).Select(static item => item.Reference).ToList();
    }
}
