// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using ControlPlane.Tests.Cli.Resources;
using ControlPlane.Tests.Durability;
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Stores;

/// <summary><c>lateen serve --store kubernetes</c>. The cluster is our resource API, which real <c>kubectl</c> takes for one.</summary>
public sealed class KubernetesClusterTests : IDisposable
{
    private const string Collection = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

    private readonly LateenCommand _lateen = new(new Uri("http://127.0.0.1:1"));
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_in_the_cluster_is_in_the_mesh()
    {
        await using var cluster = await RunningApi.StartAsync();
        await cluster.CreateAsync(Collection, Routes("before"));
        using var plane = new ServingProcess(
            "--store",
            "kubernetes",
            "--kubeconfig",
            Kubeconfig(cluster.Address),
            "--context",
            "mesh"
        );
        await plane.StartAsync(Stop);
        Assert.Equal(["before"], await RoutesOfAsync(plane));
        // The API server is the resource API: there is no second one.
        Assert.DoesNotContain("Resource API", plane.Said, StringComparison.Ordinal);
        await cluster.CreateAsync(Collection, Routes("after"));
        await UntilAsync(plane, "after", "before");
        Assert.Equal(200, (await cluster.AskAsync("DELETE", $"{Collection}/before")).Code);
        await UntilAsync(plane, "after");
    }

    [Fact]
    public async Task A_cluster_that_is_away_is_told_by_its_address_and_asked_again()
    {
        using var plane = new ServingProcess(
            "--store",
            "kubernetes",
            "--kubeconfig",
            Kubeconfig(new Uri("http://a:1"))
        );
        await plane.StartAsync("is asked again", Stop);
        Assert.Contains("the API server at http://127.0.0.1:1/ does not answer", plane.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cluster_it_says_where_it_looked()
    {
        using var plane = new ServingProcess("--store", "kubernetes");
        Assert.Equal(64, await plane.RunToEndAsync(Stop));
        Assert.Contains(
            "lateen serve: --store: there is no cluster: neither --kubeconfig nor KUBECONFIG names a file",
            plane.Said,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", plane.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubernetes", "--kubeconfig nowhere", "nowhere: ")]
    [InlineData("kubernetes", "--kubeconfig FILE --context shop", "shop")]
    [InlineData("kubernetes", "--kubeconfig TEXT", "TEXT: ")]
    [InlineData("kubernetes", "--kubeconfig EMPTY", "EMPTY: ")]
    [InlineData("kubernetes", "--kubeconfig NOSERVER", "NOSERVER: ")]
    [InlineData("kubernetes", "--kubeconfig NOADDRESS", "NOADDRESS: ")]
    [InlineData("kubernetes", "--kubeconfig NOCERTIFICATE", "NOCERTIFICATE: ")]
    [InlineData("memory", "--kubeconfig FILE", "--kubeconfig belongs to --store kubernetes")]
    [InlineData("memory", "--context mesh", "--context belongs to --store kubernetes")]
    [InlineData(
        "kubernetes",
        "--kubeconfig FILE --api-listen 127.0.0.1:0",
        "--api-listen does not go with --store kubernetes"
    )]
    public async Task What_makes_no_sense_is_told(string store, string flags, string why)
    {
        Kubeconfig(new Uri("http://127.0.0.1:1"));
        _lateen.Write("TEXT", "nothing: [");
        _lateen.Write("EMPTY", "");
        var text = File.ReadAllText(_lateen.PathOf("FILE"));
        _lateen.Write("NOSERVER", text.Replace("server:", "tls-server-name:", StringComparison.Ordinal));
        _lateen.Write("NOADDRESS", text.Replace("http://127.0.0.1:1", "over there", StringComparison.Ordinal));
        _lateen.Write(
            "NOCERTIFICATE",
            text.Replace(
                "server: \"http://",
                "certificate-authority: missing.pem, server: \"https://",
                StringComparison.Ordinal
            )
        );
        string[] arguments =
        [
            "serve",
            "--store",
            store,
            .. flags.Split(' ').Select(flag => char.IsUpper(flag[0]) ? _lateen.PathOf(flag) : flag),
        ];
        var ran = await _lateen.TryAsync(null, arguments).WaitAsync(TimeSpan.FromSeconds(60), Stop);
        Assert.True(ran.Code == 64, ran.Errors);
        Assert.Contains(why, ran.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Errors, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _client.Dispose();
        _lateen.Dispose();
    }

    /// <summary>Its current context is of a cluster where nobody is; the context mesh is of the one given.</summary>
    private string Kubeconfig(Uri mesh) => Kubeconfig(new Uri("http://127.0.0.1:1"), mesh);

    private string Kubeconfig(Uri current, Uri mesh) =>
        _lateen.Write(
            "FILE",
            $$$"""
            apiVersion: v1
            kind: Config
            current-context: elsewhere
            clusters:
              - {name: elsewhere, cluster: {server: "{{{current.GetLeftPart(UriPartial.Authority)}}}"}}
              - {name: mesh, cluster: {server: "{{{mesh.GetLeftPart(UriPartial.Authority)}}}"}}
            contexts:
              - {name: elsewhere, context: {cluster: elsewhere, user: somebody}}
              - {name: mesh, context: {cluster: mesh, user: somebody}}
            users:
              - {name: somebody, user: {token: t}}
            """
        );

    private static string Routes(string name) =>
        $$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"{{{name}}}"},
             "spec":{"hosts":["{{{name}}}"],"http":[{"directResponse":{"status":200}}]}}
            """;

    private async Task<string[]> RoutesOfAsync(ServingProcess plane)
    {
        var page = JsonNode.Parse(await _client.GetStringAsync(new Uri(plane.Monitoring, "debug/configz"), Stop))!;
        return page.AsArray()
            .Where(static resource => (string?)resource!["kind"] == "VirtualService")
            .Select(static resource => (string)resource!["name"]!)
            .Order(StringComparer.Ordinal)
            .ToArray();
    }

    private Task UntilAsync(ServingProcess plane, params string[] routes) =>
        ServingControlPlanes.UntilAsync(async () => (await RoutesOfAsync(plane)).SequenceEqual(routes), Stop);
}
