// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class GetCommandTests
{
    [Fact]
    public async Task Shows_columns_of_one_kind_and_of_several()
    {
        await using var api = await MeshAsync();
        using var lateen = new LateenCommand(api.Address);
        Assert.Equal(
            """
            NAME      GATEWAYS   HOSTS         AGE
            ratings              ["ratings"]   AGE
            reviews              ["reviews"]   AGE

            """,
            Aged(await lateen.RunAsync("get", "vs"))
        );
        Assert.Equal(
            """
            NAMESPACE   NAME                                         GATEWAYS   HOSTS         AGE   LABELS
            default     virtualservice.networking.istio.io/ratings              ["ratings"]   AGE   app=ratings
            default     virtualservice.networking.istio.io/reviews              ["reviews"]   AGE   <none>
            shop        virtualservice.networking.istio.io/cart                 ["cart"]      AGE   <none>

            NAMESPACE   NAME                                          HOST      AGE   LABELS
            default     destinationrule.networking.istio.io/reviews   reviews   AGE   <none>

            """,
            Aged(await lateen.RunAsync("get", "vs,dr", "-A", "--show-labels"))
        );
        Assert.Equal(
            "cart      [\"cart\"]   AGE\n",
            Aged(await lateen.RunAsync("get", "vs/cart", "-n", "shop", "--no-headers"))
        );
        Assert.Equal(
            [
                "destinationrule.networking.istio.io/reviews",
                "virtualservice.networking.istio.io/ratings",
                "virtualservice.networking.istio.io/reviews",
            ],
            Lines(await lateen.RunAsync("get", "istio-io", "-o", "name")).Order(StringComparer.Ordinal)
        );
        Assert.Contains(
            "Active",
            await lateen.RunAsync("get", "ns", "default", "-o", "wide"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Shows_objects_in_every_form()
    {
        await using var api = await MeshAsync();
        using var lateen = new LateenCommand(api.Address);
        var yaml = await lateen.RunAsync("get", "virtualservices", "reviews", "-o", "yaml");
        Assert.StartsWith(
            "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n",
            yaml,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("managedFields", yaml, StringComparison.Ordinal);
        // What was shown can be applied.
        Assert.Equal(0, (await lateen.TryAsync(yaml, "apply", "--force-conflicts", "-f", "-")).Code);
        var list = JsonNode.Parse(await lateen.RunAsync("get", "VirtualService", "-o", "json"))!;
        Assert.Equal(("List", 2), ((string?)list["kind"], list["items"]!.AsArray().Count));
        Assert.Equal("VirtualService", (string?)list["items"]![0]!["kind"]);
        Assert.Equal(
            "ratings:ratings\nreviews:reviews\n",
            await lateen.RunAsync(
                "get",
                "vs",
                "-o",
                """jsonpath={range .items[*]}{.metadata.name}:{.spec.hosts[0]}{"\n"}{end}"""
            )
        );
    }

    [Fact]
    public async Task Selects_and_reads_in_pages()
    {
        await using var api = await MeshAsync();
        using var lateen = new LateenCommand(api.Address);
        Assert.Equal(
            "virtualservice.networking.istio.io/ratings\n",
            await lateen.RunAsync("get", "vs", "-l", "app in (ratings)", "-o", "name")
        );
        Assert.Equal(
            "virtualservice.networking.istio.io/cart\n",
            await lateen.RunAsync("get", "vs", "-A", "--field-selector", "metadata.namespace=shop", "-o", "name")
        );
        for (var i = 0; i < 1100; i++)
            await api.CreateAsync(Samples.ConfigMaps, Samples.ConfigMap($"m{i:0000}"));
        Assert.Equal(1100, Lines(await lateen.RunAsync("get", "cm", "--no-headers")).Length);
        Assert.Equal(1100, Lines(await lateen.RunAsync("get", "cm", "-o", "name")).Distinct().Count());
        var wrong = await lateen.TryAsync(null, "get", "vs", "--field-selector", "spec.hosts=a");
        Assert.Equal(65, wrong.Code);
        Assert.Contains("objects cannot be selected by spec.hosts", wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_said()
    {
        await using var api = await MeshAsync();
        using var lateen = new LateenCommand(api.Address);
        var missing = await lateen.TryAsync(null, "get", "vs", "nothing", "reviews");
        Assert.Equal(1, missing.Code);
        Assert.Equal(
            "lateen get: virtualservices.networking.istio.io \"nothing\" not found; lateen get virtualservices -A lists what there is\n",
            missing.Errors
        );
        Assert.Contains("reviews", missing.Output, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "", ""), await lateen.TryAsync(null, "get", "vs", "nothing", "--ignore-not-found"));
        Assert.Equal(
            new Ran(0, "", "No resources found in shop namespace.\n"),
            await lateen.TryAsync(null, "get", "dr", "-n", "shop")
        );
        Assert.Equal("items: []", Lines(await lateen.RunAsync("get", "dr", "-n", "shop", "-o", "yaml"))[1]);
    }

    [Fact]
    public async Task Watches_what_is_there_and_what_changes()
    {
        await using var api = await MeshAsync();
        using var lateen = new LateenCommand(api.Address);
        var pipe = new Pipe();
        using var reader = new StreamReader(pipe.Reader.AsStream());
        await using var output = new StreamWriter(pipe.Writer.AsStream());
        using var errors = new StringWriter();
        var watch = lateen.StartAsync(output, errors, null, "get", "vs", "reviews", "-w");
        Assert.Equal("NAME GATEWAYS HOSTS AGE", await LineAsync());
        Assert.Equal("reviews [\"reviews\"] AGE", await LineAsync());
        await api.CreateAsync(Samples.Routes, Samples.Route("another"));
        await api.AskAsync(
            "PATCH",
            $"{Samples.Routes}/reviews",
            """{"spec":{"hosts":["a"]}}""",
            "application/merge-patch+json"
        );
        Assert.Equal("reviews [\"a\"] AGE", await LineAsync());
        await api.AskAsync("DELETE", $"{Samples.Routes}/reviews");
        Assert.Equal("reviews [\"a\"] AGE", await LineAsync());
        Assert.False(watch.IsCompleted, errors.ToString());

        async Task<string> LineAsync() =>
            string.Join(
                ' ',
                Aged((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!)
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            );
    }

    [Theory]
    [InlineData("names no resource; write KIND", "get")]
    [InlineData("there is no kind virtualservic; did you mean virtualservice", "get", "virtualservic")]
    [InlineData("vs/ is no KIND/NAME", "get", "vs/")]
    [InlineData("dr/b is no name", "get", "vs", "dr/b")]
    [InlineData("write --namespace instead of --all-namespaces", "get", "vs", "a", "-A")]
    [InlineData("leave the names or the selector out", "get", "vs", "a", "-l", "a=b")]
    [InlineData("watches one kind, or one resource, at a time", "get", "vs,dr", "-w")]
    [InlineData("-o jsonpath: {.items[} is no path", "get", "vs", "-o", "jsonpath={.items[}")]
    [InlineData("a {range} has no {end}", "get", "vs", "-o", "jsonpath={range .items[*]}")]
    public async Task Command_lines_that_make_no_sense(string error, params string[] arguments)
    {
        using var lateen = new LateenCommand(new Uri("http://127.0.0.1:1"));
        var ran = await lateen.TryAsync(null, arguments);
        Assert.Equal(64, ran.Code);
        Assert.Contains(error, ran.Errors, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<RunningApi> MeshAsync()
    {
        var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.Namespaces, Samples.Namespace("shop"));
        await api.CreateAsync(Samples.Routes, Samples.Route("reviews"));
        await api.CreateAsync(Samples.Routes, Samples.Route("ratings", "ratings", "\"app\":\"ratings\""));
        await api.CreateAsync(Samples.Rules, Samples.Rule("reviews"));
        await api.CreateAsync(
            "/apis/networking.istio.io/v1/namespaces/shop/virtualservices",
            Samples.Route("cart", "cart")
        );
        return api;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Ages differ from run to run, and so does the room they take.</summary>
    private static string Aged(string text) =>
        Regex
            .Replace(text, @"\b\d+m?s\b", "AGE", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Replace("AGE    ", "AGE   ", StringComparison.Ordinal);
}
