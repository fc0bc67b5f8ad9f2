// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Lateen.Cli.Status;

namespace Lateen.Cli.Commands;

/// <summary><c>lateen proxy-status</c>: what each proxy was sent, has acknowledged and refused.</summary>
internal static class ProxyStatusCommand
{
    private const string Table = "table";
    private const string Json = "json";

    public static Command Create()
    {
        var proxy = new Argument<string?>("proxy")
        {
            Description = "One proxy, as name.namespace, in detail",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var address = new Option<string>("--address")
        {
            Description = "Where the control plane has its debug pages",
            DefaultValueFactory = static _ => "127.0.0.1:15014",
            HelpName = "HOST:PORT",
        };
        var format = new Option<string>("--output", "-o")
        {
            Description = "How to show it",
            DefaultValueFactory = static _ => Table,
        };
        format.AcceptOnlyFromAmong(Table, Json);
        var command = new Command("proxy-status", "Shows how far each proxy is with its configuration")
        {
            proxy,
            address,
            format,
        };
        command.Aliases.Add("ps");
        command.SetAction(
            async (args, stop) =>
            {
                var at = args.GetRequiredValue(address);
                var json = await DebugClient.GetAsync(at, "/debug/syncz", stop).ConfigureAwait(false);
                var output = args.InvocationConfiguration.Output;
                if (args.GetValue(format) == Json)
                    await output.WriteLineAsync(json).ConfigureAwait(false);
                else if (args.GetValue(proxy) is { } name)
                    ProxyStatusTable.WriteOne(Find(ProxyStatus.Parse(json), name), output);
                else
                    ProxyStatusTable.WriteAll(ProxyStatus.Parse(json), at, output);
                return ExitCode.Success;
            }
        );
        return command;
    }

    private static ProxyStatus Find(IReadOnlyList<ProxyStatus> all, string name) =>
        all.FirstOrDefault(proxy => proxy.Proxy == name)
        ?? throw new CommandFailure(
            ExitCode.Failure,
            $"no proxy {name} is connected; lateen proxy-status lists those that are"
        );
}
