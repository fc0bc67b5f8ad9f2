// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Lateen.Cli.Resources;

/// <summary>Flags by which commands find the resource API; kubectl's names.</summary>
internal sealed class ApiFlags
{
    /// <summary>Stands for <c>--server</c>.</summary>
    public const string ServerVariable = "LATEEN_SERVER";

    /// <summary>Where <c>lateen up</c> writes how to reach it.</summary>
    private static readonly string s_local = Path.Combine(".lateen", "kubeconfig");

    private readonly Option<string?> _server = new("--server", "-s")
    {
        Description =
            $"Address of the resource API, https://HOST:PORT or http://HOST:PORT; {ServerVariable} stands for it [default: what lateen up runs here]",
        HelpName = "URL",
    };

    private readonly Option<string?> _kubeconfig = File(
        "--kubeconfig",
        "Server and credentials, as lateen serve and lateen up write them"
    );
    private readonly Option<string?> _token = new("--token") { Description = "Bearer token", HelpName = "TOKEN" };
    private readonly Option<string?> _tokenFile = File("--token-file", "File with a bearer token");
    private readonly Option<string?> _authority = File("--certificate-authority", "Whom to trust as the server, PEM");
    private readonly Option<string?> _certificate = File("--client-certificate", "Certificate to show, PEM");
    private readonly Option<string?> _key = File("--client-key", "Its key, PEM; in the same file when it is not given");

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[] { _server, _kubeconfig, _token, _tokenFile, _authority, _certificate, _key }
        )
            command.Options.Add(option);
    }

    public ApiClient Connect(ParseResult args)
    {
        var console = (CommandConsole)args.InvocationConfiguration;
        var address = Find(args, console);
        if (Token(args) is { Length: > 0 } token)
            address = address with { Token = token };
        if (args.GetValue(_authority) is { } authority)
            address = address with { Authorities = Text(authority, "--certificate-authority") };
        if (Certificate(args) is { } certificate)
            address = address with { Certificate = certificate };
        return new ApiClient(address.Checked(), console);
    }

    public static byte[] ReadFile(string path, string what)
    {
        try
        {
            return System.IO.File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadData, $"{what}: {failure.Message.TrimEnd('.')}");
        }
    }

    private ApiAddress Find(ParseResult args, CommandConsole console)
    {
        var kubeconfig = args.GetValue(_kubeconfig) is { } file ? KubeconfigFile.Read(file).Address : null;
        if (args.GetValue(_server) is { } server)
            return (kubeconfig ?? new ApiAddress(ApiAddress.Standard)) with
            {
                Server = ApiAddress.Parse(server, "--server"),
            };
        if (kubeconfig is not null)
            return kubeconfig;
        if (console.Variable(ServerVariable) is { Length: > 0 } variable)
            return new ApiAddress(ApiAddress.Parse(variable, ServerVariable));
        return System.IO.File.Exists(s_local)
            ? KubeconfigFile.Read(s_local).Address
            : new ApiAddress(ApiAddress.Standard);
    }

    private string Token(ParseResult args) =>
        args.GetValue(_token) ?? (args.GetValue(_tokenFile) is { } file ? Text(file, "--token-file").Trim() : "");

    private X509Certificate2? Certificate(ParseResult args)
    {
        if (args.GetValue(_certificate) is not { } certificate)
            return args.GetValue(_key) is null
                ? null
                : throw new CommandFailure(ExitCode.Usage, "--client-key needs --client-certificate");
        return ApiAddress.ReadCertificate(
            Text(certificate, "--client-certificate"),
            Text(args.GetValue(_key) ?? certificate, "--client-key"),
            "--client-certificate"
        );
    }

    private static string Text(string path, string what) => Encoding.UTF8.GetString(ReadFile(path, what));

    private static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE" };
}
