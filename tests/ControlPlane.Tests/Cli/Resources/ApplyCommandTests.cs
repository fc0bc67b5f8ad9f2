// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class ApplyCommandTests
{
    [Fact]
    public async Task Creates_configures_and_leaves_alone()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var file = lateen.Write("route.yaml", Samples.RouteYaml("reviews"));
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews created\n",
            await lateen.RunAsync("apply", "-f", file)
        );
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews unchanged\n",
            await lateen.RunAsync("apply", "--server-side", "-f", file)
        );
        lateen.Write("route.yaml", Samples.RouteYaml("reviews", host: "ratings"));
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews configured (server dry run)\n",
            await lateen.RunAsync("apply", "-f", file, "--dry-run=server")
        );
        Assert.Equal("reviews", await HostAsync());
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews configured\n",
            await lateen.RunAsync("apply", "-f", file)
        );
        Assert.Equal("ratings", await HostAsync());

        async Task<string> HostAsync() =>
            await lateen.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}");
    }

    [Fact]
    public async Task Takes_lists_documents_directories_and_standard_input()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        lateen.Write("mesh/a.yaml", Samples.RouteYaml("a") + "---\n" + Samples.RouteYaml("b"));
        lateen.Write("mesh/b.json", $$"""{"apiVersion":"v1","kind":"List","items":[{{Samples.Rule("c")}}]}""");
        lateen.Write("mesh/.hidden.yaml", "no: resource");
        lateen.Write("mesh/below/d.yaml", Samples.RouteYaml("d"));
        Assert.Equal(
            [
                "virtualservice.networking.istio.io/a",
                "virtualservice.networking.istio.io/b",
                "destinationrule.networking.istio.io/c",
            ],
            Lines(await lateen.RunAsync("apply", "-f", lateen.PathOf("mesh"), "-o", "name"))
        );
        var below = await lateen.RunAsync("apply", "-R", "-f", lateen.PathOf("mesh"));
        Assert.Contains("virtualservice.networking.istio.io/d created", below, StringComparison.Ordinal);
        var piped = await lateen.TryAsync(Samples.RouteYaml("e"), "apply", "-f", "-", "-o", "yaml");
        Assert.Contains("  name: e\n", piped.Output, StringComparison.Ordinal);
    }

    /// <summary>A chart has all sorts of things: what is not the mesh's is nobody's failure.</summary>
    [Fact]
    public async Task Kinds_of_others_are_skipped_with_a_note()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var file = lateen.Write(
            "reviews.yaml",
            $$$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: reviews-v1}
            spec: {replicas: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: reviews}
            spec: {ports: [{name: http, port: 9080}]}
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {generateName: migrate-}
            ---
            {{{Samples.RouteYaml("reviews")}}}
            ---
            apiVersion: v1
            kind: List
            items:
              - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: disk}}
              - {apiVersion: config.istio.io/v1alpha2, kind: memquota, metadata: {name: quota}}
            """
        );
        const string Skipped = """
            skipped: Deployment "reviews-v1" (apps/v1): Lateen does not keep this kind
            skipped: Job "migrate-" (batch/v1): Lateen does not keep this kind
            skipped: PersistentVolumeClaim "disk" (v1): Lateen does not keep this kind
            skipped: memquota "quota" (config.istio.io/v1alpha2): Lateen does not keep this kind

            """;
        Assert.Equal(
            new Ran(0, "service/reviews created\nvirtualservice.networking.istio.io/reviews created\n", Skipped),
            await lateen.TryAsync(null, "apply", "-f", file)
        );
        Assert.Equal(new Ran(0, "", Skipped), await lateen.TryAsync(null, "diff", "-f", file));
        Assert.Equal(
            new Ran(
                0,
                "virtualservice.networking.istio.io \"reviews\" deleted\nservice \"reviews\" deleted\n",
                Skipped
            ),
            await lateen.TryAsync(null, "delete", "-f", file)
        );
        Assert.Equal(
            new Ran(0, "", "skipped: Lease \"a\" (x.io/v1): Lateen does not keep this kind\n"),
            await lateen.TryAsync("apiVersion: x.io/v1\nkind: Lease\nmetadata: {name: a}\n", "apply", "-f", "-")
        );
    }

    [Theory]
    [InlineData(
        "networking.istio.io/v1",
        "VirtualServce",
        "VirtualServce in networking.istio.io/v1; did you mean VirtualService?"
    )]
    [InlineData("v1", "Servce", "Servce in v1; did you mean Service?")]
    [InlineData(
        "networking.istio.oi/v1",
        "Gateway",
        "Gateway in networking.istio.oi/v1; did you mean networking.istio.io/v1 Gateway?"
    )]
    public async Task A_misspelt_kind_of_ours_is_not_skipped(string apiVersion, string kind, string told)
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        Assert.Equal(
            new Ran(65, "", $"lateen apply: standard input:1:1: there is no kind {told}\n"),
            await lateen.TryAsync(
                $"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: a}}\n",
                "apply",
                "-f",
                "-"
            )
        );
    }

    [Fact]
    public async Task A_namespace_in_the_same_files_is_there_before_what_is_in_it()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        lateen.Write("a.yaml", Samples.RouteYaml("cart"));
        lateen.Write("z.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        Assert.Equal(
            ["namespace/shop created", "virtualservice.networking.istio.io/cart created"],
            Lines(
                await lateen.RunAsync(
                    "apply",
                    "-n",
                    "shop",
                    "-f",
                    lateen.PathOf("a.yaml"),
                    "-f",
                    lateen.PathOf("z.yaml")
                )
            )
        );
        Assert.Equal(
            "shop",
            await lateen.RunAsync("get", "vs", "cart", "-n", "shop", "-o", "jsonpath={.metadata.namespace}")
        );
        var other = lateen.Write(
            "b.yaml",
            Samples.RouteYaml("x").Replace("name: x", "namespace: shop\n  name: x", StringComparison.Ordinal)
        );
        var wrong = await lateen.TryAsync(null, "apply", "-n", "default", "-f", other);
        Assert.Equal(
            (
                65,
                $"lateen apply: {other}:1:1: the VirtualService x is in the namespace shop, and --namespace says default\n"
            ),
            (wrong.Code, wrong.Errors)
        );
    }

    [Fact]
    public async Task Every_problem_is_told_with_its_line_and_the_others_are_applied()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var bad = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: bad}
            spec:
              hosts: [reviews]
              http:
                - route:
                    - destination: {host: reviews}
                      weight: -1
                  timeout: soon
            ---

            """;
        var file = lateen.Write("mesh.yaml", bad + Samples.RouteYaml("good"));
        var ran = await lateen.TryAsync(null, "apply", "-f", file);
        Assert.Equal((65, "virtualservice.networking.istio.io/good created\n"), (ran.Code, ran.Output));
        Assert.Contains(
            $"lateen apply: {file}:9:19: VirtualService default/bad, spec.http[0].route[0].weight: -1 must be at least 0; write a number at least 0 (LT0202)\n",
            ran.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"{file}:10:16: VirtualService default/bad, spec.http[0].timeout: ",
            ran.Errors,
            StringComparison.Ordinal
        );
        var unknown = lateen.Write(
            "u.yaml",
            Samples.RouteYaml("u").Replace("hosts:", "hostz:", StringComparison.Ordinal)
        );
        var strict = await lateen.TryAsync(null, "apply", "-f", unknown);
        Assert.Equal(65, strict.Code);
        Assert.Contains("unknown field \"spec.hostz\"", strict.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_else_owns_is_a_conflict_until_it_is_forced()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var file = lateen.Write("route.yaml", Samples.RouteYaml("reviews"));
        await lateen.RunAsync("apply", "-f", file, "--field-manager", "canary-bot");
        lateen.Write("route.yaml", Samples.RouteYaml("reviews", host: "ratings"));
        var conflict = await lateen.TryAsync(null, "apply", "-f", file);
        Assert.Equal((1, ""), (conflict.Code, conflict.Output));
        Assert.Contains("conflicts with \"canary-bot\"", conflict.Errors, StringComparison.Ordinal);
        Assert.Contains("take them over with --force-conflicts", conflict.Errors, StringComparison.Ordinal);
        await lateen.RunAsync("apply", "-f", file, "--force-conflicts");
        var owners = JsonNode.Parse(
            await lateen.RunAsync("get", "vs", "reviews", "-o", "json", "--show-managed-fields")
        )!;
        Assert.Contains(
            owners["metadata"]!["managedFields"]!.AsArray(),
            static owner => (string?)owner!["manager"] == "lateen" && (string?)owner["operation"] == "Apply"
        );
    }

    [Theory]
    [InlineData("", 65, "there is no object in these files")]
    [InlineData("a: [", 65, "(LT0101)")]
    [InlineData("- a", 65, "the document is no mapping")]
    [InlineData("kind: VirtualService", 65, "file.yaml:1:1: the document has no apiVersion or no kind")]
    [InlineData(
        "apiVersion: networking.istio.io/v1\nkind: VirtualServic\nmetadata: {name: a}",
        65,
        "there is no kind VirtualServic in networking.istio.io/v1; did you mean VirtualService?"
    )]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {}", 65, "the ConfigMap has no metadata.name")]
    [InlineData(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: b}",
        65,
        "file.yaml:3:21: name: is there twice"
    )]
    public async Task Files_that_hold_nothing_to_apply(string content, int code, string error)
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var ran = await lateen.TryAsync(null, "apply", "-f", lateen.Write("file.yaml", content));
        Assert.Equal((code, ""), (ran.Code, ran.Output));
        Assert.Contains(error, ran.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("names no file; write -f FILE", "apply")]
    [InlineData("--dry-run client is what lateen validate -f does; use server", "apply", "-f", "x", "--dry-run=client")]
    [InlineData(
        "there is no output tabel; use wide, yaml, json, name or jsonpath=TEMPLATE",
        "apply",
        "-f",
        "x",
        "-o",
        "tabel"
    )]
    [InlineData("there is no option --sever; did you mean --server?", "apply", "--sever", "x")]
    public async Task Command_lines_that_make_no_sense(string error, params string[] arguments)
    {
        using var lateen = new LateenCommand(new Uri("http://127.0.0.1:1"));
        var ran = await lateen.TryAsync(null, arguments);
        Assert.Equal(64, ran.Code);
        Assert.Contains(error, ran.Errors, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
