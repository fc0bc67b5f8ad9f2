// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Lateen.ControlPlane.ResourceApi;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.ResourceApi;

[UnsupportedOSPlatform("windows")]
public sealed class SecurityTests : IDisposable
{
    private const string Secrets = "/api/v1/namespaces/default/secrets";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-security");

    private string ApiDirectory => Path.Combine(_directory.FullName, "api");

    private string AdminToken => File.ReadAllText(Path.Combine(ApiDirectory, "admin.token")).Split(',')[0];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Kubectl_is_the_administrator_by_the_kubeconfig()
    {
        await using var api = await new SecuredApi(_directory.FullName).StartAsync();
        using var kubectl = new Kubectl("--kubeconfig", Path.Combine(ApiDirectory, "admin.kubeconfig"));
        var file = kubectl.Write("route.yaml", Samples.RouteYaml("reviews"));
        await kubectl.RunAsync("apply", "-f", file);
        Assert.Equal("virtualservice.networking.istio.io/reviews\n", await kubectl.RunAsync("get", "vs", "-o", "name"));
        using var stranger = new Kubectl(
            "--server",
            api.Address.ToString(),
            "--certificate-authority",
            Path.Combine(ApiDirectory, "ca.crt"),
            "--token=x"
        );
        var refused = await stranger.TryAsync(null, "get", "vs");
        Assert.Contains("You must be logged in to the server", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubectl_is_known_by_its_certificate()
    {
        await using var api = await new SecuredApi(_directory.FullName).StartAsync();
        OpenSsl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ann.key");
        OpenSsl("req", "-new", "-key", "ann.key", "-subj", "/O=system:masters/CN=ann", "-out", "ann.csr");
        Sign("ann", "clientAuth");
        using var ann = Shows("ann");
        Assert.Equal("namespace/shop created\n", await ann.RunAsync("create", "namespace", "shop"));
        // Of another authority, or not for clients: no connection.
        SelfSigned("eve", "/O=system:masters/CN=eve");
        Sign("ann", "serverAuth");
        foreach (var name in new[] { "eve", "ann" })
            Assert.NotEqual(
                0,
                Run(
                    "curl",
                    "-sk",
                    "--cert",
                    $"{name}.crt",
                    "--key",
                    $"{name}.key",
                    $"{api.Address}api",
                    "-o",
                    "answer.txt"
                ).Code
            );
        Assert.False(File.Exists(Local("answer.txt")));

        Kubectl Shows(string name) =>
            new(
                "--server",
                api.Address.ToString(),
                "--certificate-authority",
                Path.Combine(ApiDirectory, "ca.crt"),
                "--client-certificate",
                Local($"{name}.crt"),
                "--client-key",
                Local($"{name}.key")
            );
    }

    /// <summary>Who shows what, and what he gets at a path.</summary>
    [Fact]
    public async Task Nobody_gets_in_without_a_right()
    {
        var tokens = Local("tokens.csv");
        await File.WriteAllTextAsync(
            tokens,
            """
            # token,user,uid,groups
            ops-token,olga,1,"system:masters,others"
            read-token,rita,2,"lateen:readers"
            no-token,nora,3
            """,
            TestContext.Current.CancellationToken
        );
        await using var api = await new SecuredApi(
            _directory.FullName,
            change: options => options with { TokenPath = tokens }
        ).StartAsync();
        var rows = new (string? Token, string Method, string Path, int Code)[]
        {
            (null, "GET", "/version", 200),
            (null, "GET", "/healthz", 200),
            (null, "GET", "/livez", 200),
            (null, "GET", "/readyz", 200),
            (null, "GET", "/", 401),
            (null, "GET", "/api", 401),
            (null, "GET", "/apis", 401),
            (null, "GET", "/openapi/v2", 401),
            (null, "GET", "/nothing", 401),
            (null, "GET", Samples.Routes, 401),
            (null, "POST", Samples.Routes, 401),
            ("Bearer wrong", "GET", Samples.Routes, 401),
            ("Bearer ", "GET", Samples.Routes, 401),
            ("Basic b2xnYTpvcHMtdG9rZW4=", "GET", Samples.Routes, 401),
            ("ops-token", "GET", Samples.Routes, 401),
            ($"Bearer {AdminToken}", "GET", Samples.Routes, 200),
            ("Bearer ops-token", "GET", Secrets, 200),
            ("bearer ops-token", "POST", Samples.Routes, 201),
            ("Bearer read-token", "GET", Samples.Routes, 200),
            ("Bearer read-token", "GET", $"{Samples.Routes}/a", 200),
            ("Bearer read-token", "GET", "/apis", 200),
            ("Bearer read-token", "GET", Secrets, 403),
            ("Bearer read-token", "GET", "/api/v1/secrets", 403),
            ("Bearer read-token", "POST", Samples.Routes, 403),
            ("Bearer read-token", "PATCH", $"{Samples.Routes}/a", 403),
            ("Bearer read-token", "PUT", $"{Samples.Routes}/a", 403),
            ("Bearer read-token", "DELETE", $"{Samples.Routes}/a", 403),
            ("Bearer read-token", "DELETE", Samples.Routes, 403),
            ("Bearer no-token", "GET", "/apis", 200),
            ("Bearer no-token", "GET", Samples.Routes, 403),
            ("Bearer no-token", "GET", Samples.Routes + "?watch=true", 403),
        };
        foreach (var (token, method, path, code) in rows)
        {
            var body = method is "GET" or "DELETE" ? null : Samples.Route("a");
            Assert.Equal(
                (token, method, path, code),
                (token, method, path, await api.AskAsync(path, token, method: method, body: body))
            );
        }
        // The file is read again when it changes.
        await File.WriteAllTextAsync(
            tokens,
            "new-token,olga,1,\"system:masters\"\n",
            TestContext.Current.CancellationToken
        );
        File.SetLastWriteTimeUtc(tokens, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(401, await api.AskAsync(Samples.Routes, "Bearer ops-token"));
        Assert.Equal(200, await api.AskAsync(Samples.Routes, "Bearer new-token"));
        // A file that makes no sense leaves what was.
        await File.WriteAllTextAsync(tokens, "nonsense\n", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(tokens, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(200, await api.AskAsync(Samples.Routes, "Bearer new-token"));
    }

    [Fact]
    public async Task Keys_are_their_owners_and_stay()
    {
        await using (await new SecuredApi(_directory.FullName).StartAsync()) { }
        foreach (var file in new[] { "ca.key", "server.key", "admin.token", "admin.kubeconfig" })
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(ApiDirectory, file))
            );
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(ApiDirectory)
        );
        var before = Contents();
        await using (await new SecuredApi(_directory.FullName).StartAsync()) { }
        Assert.Equal(before, Contents());

        string[] Contents() =>
            new[] { "ca.crt", "ca.key", "server.crt", "server.key", "admin.token" }
                .Select(file => File.ReadAllText(Path.Combine(ApiDirectory, file)))
                .ToArray();
    }

    [Fact]
    public async Task A_certificate_is_renewed_before_it_ends()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using (await new SecuredApi(_directory.FullName, time).StartAsync()) { }
        var (authority, first) = (Text("ca.crt"), Text("server.crt"));
        time.Advance(TimeSpan.FromDays(300));
        await using (await new SecuredApi(_directory.FullName, time).StartAsync()) { }
        Assert.Equal(first, Text("server.crt"));
        time.Advance(TimeSpan.FromDays(10));
        await using (await new SecuredApi(_directory.FullName, time).StartAsync()) { }
        Assert.NotEqual(first, Text("server.crt"));
        Assert.Equal(authority, Text("ca.crt"));

        string Text(string file) => File.ReadAllText(Path.Combine(ApiDirectory, file));
    }

    [Fact]
    public async Task An_operators_certificate_is_shown_and_lets_no_certificate_in_by_itself()
    {
        SelfSigned("own", "/CN=operator");
        await using var api = await new SecuredApi(
            _directory.FullName,
            change: options => options with { CertificatePath = Local("own.crt"), KeyPath = Local("own.key") }
        ).StartAsync();
        using var kubectl = new Kubectl(
            "--server",
            api.Address.ToString(),
            "--certificate-authority",
            Local("own.crt"),
            $"--token={AdminToken}"
        );
        await kubectl.RunAsync("get", "vs");
        Assert.Contains(await api.AskAsync(Samples.Routes, certificate: Certificate("own")), new[] { 0, 401 });
    }

    [Theory]
    [InlineData("127.0.0.1:8443", "https 127.0.0.1:8443", "")]
    [InlineData("https://0.0.0.0:1", "https 0.0.0.0:1", "")]
    [InlineData("http://127.0.0.1:0", "http 127.0.0.1:0", "")]
    [InlineData("http://[::1]:80", "http [::1]:80", "")]
    [InlineData("http://0.0.0.0:80", "", "loopback addresses alone")]
    [InlineData("http://10.0.0.1:80", "", "loopback addresses alone")]
    [InlineData("http://[::]:80", "", "loopback addresses alone")]
    [InlineData("ftp://127.0.0.1:1", "", "neither")]
    [InlineData("127.0.0.1", "", "no IP address with a port")]
    [InlineData("[::1]", "", "no IP address with a port")]
    [InlineData("::1", "", "no IP address with a port")]
    [InlineData("localhost:1", "", "no IP address with a port")]
    [InlineData("127.0.0.1:x", "", "no IP address with a port")]
    [InlineData("", "", "no IP address with a port")]
    public void Addresses_are_read(string text, string expected, string problem)
    {
        var listen = ApiListen.Parse(text, out var told);
        Assert.Equal(expected, listen is { } found ? $"{(found.IsPlaintext ? "http" : "https")} {found.Address}" : "");
        Assert.Contains(problem, told, StringComparison.Ordinal);
        Assert.Equal(problem.Length == 0, told.Length == 0);
    }

    private void SelfSigned(string name, string subject) =>
        OpenSsl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            subject,
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            $"{name}.key",
            "-out",
            $"{name}.crt"
        );

    private string Local(string name) => Path.Combine(_directory.FullName, name);

    private X509Certificate2 Certificate(string name)
    {
        using var pem = X509Certificate2.CreateFromPemFile(Local($"{name}.crt"), Local($"{name}.key"));
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private void Sign(string name, string usage)
    {
        File.WriteAllText(Local("usage.cnf"), $"extendedKeyUsage={usage}\n");
        OpenSsl(
            "x509",
            "-req",
            "-in",
            $"{name}.csr",
            "-CA",
            Path.Combine(ApiDirectory, "ca.crt"),
            "-CAkey",
            Path.Combine(ApiDirectory, "ca.key"),
            "-CAcreateserial",
            "-days",
            "1",
            "-extfile",
            "usage.cnf",
            "-out",
            $"{name}.crt"
        );
    }

    private void OpenSsl(params string[] arguments)
    {
        var (code, errors) = Run("openssl", arguments);
        Assert.True(code == 0, errors);
    }

    private (int Code, string Errors) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
