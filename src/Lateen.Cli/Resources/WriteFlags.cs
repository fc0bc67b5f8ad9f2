// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Lateen.Cli.Resources;

/// <summary>Flags about writing; kubectl's names.</summary>
internal sealed class WriteFlags
{
    private const string Server = "server";
    private const string None = "none";

    private readonly Option<string> _dryRun = new("--dry-run")
    {
        Description = "server: everything but keeping the result; none",
        DefaultValueFactory = static _ => None,
    };

    private readonly Option<string> _manager;

    public WriteFlags(string manager)
    {
        _manager = new Option<string>("--field-manager")
        {
            Description = "Who owns the fields that are written",
            DefaultValueFactory = _ => manager,
            HelpName = "NAME",
        };
        _dryRun.Validators.Add(static result =>
        {
            var value = result.Tokens.Count > 0 ? result.Tokens[0].Value : None;
            if (value == "client")
                result.AddError("--dry-run client is what lateen validate -f does; use server");
            else if (value is not (Server or None))
                result.AddError($"--dry-run {value} is unknown; use {Server} or {None}");
        });
    }

    public void AddDryRunTo(Command command) => command.Options.Add(_dryRun);

    public void AddManagerTo(Command command) => command.Options.Add(_manager);

    public bool IsDryRun(ParseResult args) => args.GetValue(_dryRun) == Server;

    public string Manager(ParseResult args) => args.GetValue(_manager)!;

    /// <summary>For a query: <c>All</c>, or empty.</summary>
    public string DryRun(ParseResult args) => IsDryRun(args) ? "All" : "";

    /// <summary>Behind what was done, as kubectl writes it.</summary>
    public string Note(ParseResult args) => IsDryRun(args) ? " (server dry run)" : "";
}
