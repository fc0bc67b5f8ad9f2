// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Lateen.ControlPlane.ResourceApi;

namespace Lateen.Cli.Commands;

/// <summary>Flags of <c>lateen serve</c> about the resource API.</summary>
internal sealed class ResourceApiFlags(StoreFlags store)
{
    private const string None = "none";

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

    public void AddTo(Command command)
    {
        _listen.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value != None && ApiListen.Parse(token.Value, out var problem) is null)
                    result.AddError($"--api-listen {token.Value} {problem}");
            }
        });
        foreach (var option in new Option[] { _listen, _certificate, _key, _clientAuthority, _tokens })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (store.IsCluster(result) && result.GetValue(_listen)?.Any(static text => text != None) == true)
                result.AddError(
                    $"--api-listen does not go with --store {StoreLocation.Kubernetes}: the cluster's API server is the resource API"
                );
        });
    }

    public ResourceApiOptions Read(ParseResult args, IPAddress bind)
    {
        var listen = args.GetValue(_listen) ?? [];
        return new ResourceApiOptions
        {
            Listen =
                store.IsCluster(args.CommandResult) ? []
                : listen.Length == 0 ? [new ApiListen(new IPEndPoint(bind, ApiListen.StandardPort), IsPlaintext: false)]
                : listen
                    .Where(static text => text != None)
                    .Select(static text => ApiListen.Parse(text, out _)!.Value)
                    .ToList(),
            DataDirectory = store.Data(args),
            CertificatePath = args.GetValue(_certificate),
            KeyPath = args.GetValue(_key),
            ClientAuthorityPath = args.GetValue(_clientAuthority),
            TokenPath = args.GetValue(_tokens),
        };
    }

    private static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE" };
}
