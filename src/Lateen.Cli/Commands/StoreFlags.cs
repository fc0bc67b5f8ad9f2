// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;

namespace Lateen.Cli.Commands;

/// <summary>Flags of <c>lateen serve</c> about the store: where configuration is kept that no file has.</summary>
internal sealed class StoreFlags
{
    private readonly Option<string> _data = new("--data")
    {
        Description =
            "Directory for what must outlive the process: the store, what was last good, keys and tokens of the resource API",
        DefaultValueFactory = static _ => ".lateen",
        HelpName = "DIR",
    };

    private readonly Option<string> _store = new("--store")
    {
        Description = $"Where configuration is kept beside the files: {StoreLocation.Forms}",
        DefaultValueFactory = static _ => StoreLocation.Sqlite,
        HelpName = "STORE",
    };

    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description =
            "With --store kubernetes: file that says where the cluster is [default: KUBECONFIG, ~/.kube/config, the pod's account]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _context = new("--context")
    {
        Description = "With --store kubernetes: context of the kubeconfig; its current one when it is not given",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _data, _store, _kubeconfig, _context })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_store) == StoreLocation.Kubernetes)
                return;
            foreach (var option in new[] { _kubeconfig, _context })
            {
                if (result.GetValue(option) is not null)
                    result.AddError($"{option.Name} belongs to --store {StoreLocation.Kubernetes}");
            }
        });
    }

    public string Data(ParseResult args) => args.GetRequiredValue(_data);

    /// <summary>Whether the store is a cluster's API server, which is its own resource API.</summary>
    public bool IsCluster(CommandResult result) => result.GetValue(_store) == StoreLocation.Kubernetes;

    /// <exception cref="CommandFailure">It is no store, or cannot be opened.</exception>
    public IResourceStore Open(ParseResult args)
    {
        try
        {
            return IsCluster(args.CommandResult)
                ? StoreLocation.OpenCluster(args.GetValue(_kubeconfig), args.GetValue(_context), TimeProvider.System)
                : StoreLocation.Open(args.GetRequiredValue(_store), Data(args), TimeProvider.System);
        }
        catch (FormatException problem)
        {
            throw new CommandFailure(ExitCode.Usage, $"--store: {problem.Message}");
        }
        catch (Exception failure)
            when (failure is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Unavailable, $"--store: {failure.Message}");
        }
    }
}
