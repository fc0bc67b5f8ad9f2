// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;

namespace Lateen.Cli.Commands;

/// <summary>Flags of <c>lateen serve</c> about the resource API, and where it keeps what is written.</summary>
internal sealed class ResourceApiFlags
{
    private const string None = "none";

    private readonly Option<string> _data = new("--data")
    {
        Description = "Directory for what must outlive the process: the store, keys and tokens of the resource API",
        DefaultValueFactory = static _ => ".lateen",
        HelpName = "DIR",
    };

    private readonly Option<string> _store = new("--store")
    {
        Description = $"Where the resource API keeps what is written: {StoreLocation.Forms}",
        DefaultValueFactory = static _ => StoreLocation.Sqlite,
        HelpName = "STORE",
    };

    private readonly Option<string[]> _listen = new("--api-listen")
    {
        Description =
            "Address of the resource API: IP:PORT with TLS, http://IP:PORT in plaintext on loopback addresses, or none; may be repeated "
            + $"[default: port {ApiListen.StandardPort} of --bind]",
        HelpName = "ADDRESS",
    };

    private readonly Option<string?> _certificate = File(
        "--api-cert",
        "Certificate of the resource API, PEM; one of an authority in --data when it is not given"
    );
    private readonly Option<string?> _key = File("--api-key", "Its key, PEM; in the same file when it is not given");
    private readonly Option<string?> _clientAuthority = File(
        "--api-client-ca",
        "Authorities of clients' certificates, PEM; the one in --data when neither this nor --api-cert is given"
    );
    private readonly Option<string?> _tokens = File(
        "--api-tokens",
        "Bearer tokens, a line each: token,user,uid,\"group,group\""
    );

    public ResourceApiFlags()
    {
        _listen.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value != None && ApiListen.Parse(token.Value, out var problem) is null)
                    result.AddError($"--api-listen {token.Value} {problem}");
            }
        });
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _data, _store, _listen, _certificate, _key, _clientAuthority, _tokens })
            command.Options.Add(option);
    }

    public ResourceApiOptions Read(ParseResult args, IPAddress bind)
    {
        var listen = args.GetValue(_listen) ?? [];
        return new ResourceApiOptions
        {
            Listen =
                listen.Length == 0
                    ? [new ApiListen(new IPEndPoint(bind, ApiListen.StandardPort), IsPlaintext: false)]
                    : listen
                        .Where(static text => text != None)
                        .Select(static text => ApiListen.Parse(text, out _)!.Value)
                        .ToList(),
            DataDirectory = args.GetRequiredValue(_data),
            CertificatePath = args.GetValue(_certificate),
            KeyPath = args.GetValue(_key),
            ClientAuthorityPath = args.GetValue(_clientAuthority),
            TokenPath = args.GetValue(_tokens),
        };
    }

    /// <exception cref="CommandFailure">It is no store, or cannot be opened.</exception>
    public IResourceStore OpenStore(ParseResult args)
    {
        try
        {
            return StoreLocation.Open(args.GetRequiredValue(_store), args.GetRequiredValue(_data), TimeProvider.System);
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

    private static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE" };
}
