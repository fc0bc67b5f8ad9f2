// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class ApiFlagsTests
{
    private const string Get = "get";
    private const string What = "ns";

    [Fact]
    public async Task Tls_tokens_authorities_and_the_file_that_serve_writes()
    {
        var directory = Directory.CreateTempSubdirectory("lateen-tls");
        await using var api = await new SecuredApi(directory.FullName).StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var keys = Path.Combine(directory.FullName, "api");
        var line = await File.ReadAllTextAsync(
            Path.Combine(keys, "admin.token"),
            TestContext.Current.CancellationToken
        );
        var token = line.Split(',')[0];
        var tokenFile = lateen.Write("token", $"{token}\n");
        var authority = Path.Combine(keys, "ca.crt");

        Assert.Contains(
            "default",
            await lateen.RunAsync(Get, What, "--kubeconfig", Path.Combine(keys, "admin.kubeconfig")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "default",
            await lateen.RunAsync(Get, What, "--certificate-authority", authority, "--token", token),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "default",
            await lateen.RunAsync(Get, What, "--certificate-authority", authority, "--token-file", tokenFile),
            StringComparison.Ordinal
        );
        var distrust = await lateen.TryAsync(null, Get, What, "--token", token);
        Assert.Equal(69, distrust.Code);
        Assert.Contains("--certificate-authority", distrust.Errors, StringComparison.Ordinal);
        var unknown = await lateen.TryAsync(null, Get, What, "--certificate-authority", authority, "--token", "wrong");
        Assert.Equal(1, unknown.Code);
        Assert.Contains("nobody is known by these credentials", unknown.Errors, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Nobody_who_answers_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        using var lateen = new LateenCommand(new Uri("http://127.0.0.1:1"));
        var ran = await lateen.TryAsync(null, Get, What, "--server", address);
        Assert.Equal((69, ""), (ran.Code, ran.Output));
        Assert.StartsWith($"lateen get: no resource API answers at {address}/ (", ran.Errors, StringComparison.Ordinal);
        Assert.EndsWith(
            "start one with lateen up or lateen serve, or name another with --server\n",
            ran.Errors,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        64,
        "a token would be sent to http://10.0.0.1/ in plaintext",
        "--server",
        "http://10.0.0.1",
        "--token",
        "t"
    )]
    [InlineData(64, "--server ftp://x is no address; write https://HOST:PORT", "--server", "ftp://x")]
    [InlineData(64, "--client-key needs --client-certificate", "--client-key", "x")]
    [InlineData(65, "--token-file: Could not find", "--token-file", "/no/token")]
    [InlineData(65, "--kubeconfig: Could not find", "--kubeconfig", "/no/config")]
    public async Task Flags_that_make_no_sense(int code, string error, params string[] flags)
    {
        using var lateen = new LateenCommand(new Uri("http://127.0.0.1:1"));
        var ran = await lateen.TryAsync(null, [Get, What, .. flags]);
        Assert.Equal(code, ran.Code);
        Assert.Contains(error, ran.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1", "current-context names none of its contexts")]
    [InlineData("- a", "it is no mapping")]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]",
        "its context names none of its clusters"
    )]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]\nclusters: [{name: b, cluster: {}}]",
        "the cluster has no server"
    )]
    [InlineData(
        "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]\nclusters: [{name: b, cluster: {server: 'https://x', certificate-authority-data: '*'}}]",
        "certificate-authority-data is no base64"
    )]
    public async Task Files_that_say_not_where_the_server_is(string content, string error)
    {
        using var lateen = new LateenCommand(new Uri("http://127.0.0.1:1"));
        var ran = await lateen.TryAsync(null, Get, What, "--kubeconfig", lateen.Write("config", content));
        Assert.Equal(65, ran.Code);
        Assert.Contains(error, ran.Errors, StringComparison.Ordinal);
    }
}
