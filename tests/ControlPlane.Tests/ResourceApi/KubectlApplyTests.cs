// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.ResourceApi;

/// <summary><c>kubectl apply</c> in both ways, with all that comes of it.</summary>
public class KubectlApplyTests
{
    private const string ServiceYaml = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n";

    [Fact]
    public async Task Client_side()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var file = kubectl.Write("route.yaml", Samples.RouteYaml("reviews", labels: "a: b"));
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews created\n",
            await kubectl.RunAsync("apply", "-f", file)
        );
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews unchanged\n",
            await kubectl.RunAsync("apply", "-f", file)
        );
        Assert.Equal("", await kubectl.RunAsync("diff", "-f", file));
        kubectl.Write("route.yaml", Samples.RouteYaml("reviews", "ratings"));
        var difference = await kubectl.TryAsync(null, "diff", "-f", file);
        Assert.Equal(1, difference.Code);
        Assert.Contains("+  - ratings", difference.Output, StringComparison.Ordinal);
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews configured\n",
            await kubectl.RunAsync("apply", "-f", file)
        );
        // What the file no longer says is gone.
        Assert.Equal(
            " ratings",
            await kubectl.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.metadata.labels.a} {.spec.hosts[0]}")
        );
        var service = kubectl.Write("service.yaml", ServiceYaml + "  ports: [{port: 80}, {port: 81, name: b}]\n");
        await kubectl.RunAsync("apply", "-f", service);
        kubectl.Write("service.yaml", ServiceYaml + "  ports: [{port: 81, name: c}]\n");
        Assert.Equal("service/web configured\n", await kubectl.RunAsync("apply", "-f", service));
        Assert.Equal(
            "81c",
            await kubectl.RunAsync("get", "svc", "web", "-o", "jsonpath={range .spec.ports[*]}{.port}{.name}{end}")
        );
    }

    [Fact]
    public async Task Server_side_with_conflicts_and_ownership()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var mine = kubectl.Write("mine.yaml", Samples.RouteYaml("reviews", labels: "team: a"));
        var theirs = kubectl.Write("theirs.yaml", Samples.RouteYaml("reviews", "ratings", "tier: b"));
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews serverside-applied\n",
            await kubectl.RunAsync("apply", "--server-side", "--field-manager=ann", "-f", mine)
        );
        var conflict = await kubectl.TryAsync(null, "apply", "--server-side", "--field-manager=bob", "-f", theirs);
        Assert.Equal(1, conflict.Code);
        Assert.Contains(
            "error: Apply failed with 2 conflicts: conflicts with \"ann\":\n- .spec.hosts\n- .spec.http\n",
            conflict.Errors,
            StringComparison.Ordinal
        );
        Assert.Equal("reviews", await HostAsync());
        await kubectl.RunAsync("apply", "--server-side", "--field-manager=bob", "--force-conflicts", "-f", theirs);
        Assert.Equal("ratings", await HostAsync());
        Assert.Equal(
            "ann bob",
            await kubectl.RunAsync(
                "get",
                "vs",
                "reviews",
                "--show-managed-fields",
                "-o",
                "jsonpath={.metadata.managedFields[*].manager}"
            )
        );
        // Bob has the hosts now: ann may not change them, and loses nothing by not naming them.
        conflict = await kubectl.TryAsync(null, "apply", "--server-side", "--field-manager=ann", "-f", mine);
        Assert.Contains("conflicts with \"bob\"", conflict.Errors, StringComparison.Ordinal);
        Assert.Equal(
            "a b",
            await kubectl.RunAsync(
                "get",
                "vs",
                "reviews",
                "-o",
                "jsonpath={.metadata.labels.team} {.metadata.labels.tier}"
            )
        );
        kubectl.Write("theirs.yaml", Samples.RouteYaml("reviews", "ratings"));
        await kubectl.RunAsync("apply", "--server-side", "--field-manager=bob", "-f", theirs);
        Assert.Equal(
            "a ",
            await kubectl.RunAsync(
                "get",
                "vs",
                "reviews",
                "-o",
                "jsonpath={.metadata.labels.team} {.metadata.labels.tier}"
            )
        );
        // An update takes fields as well, and is told with its time.
        await kubectl.RunAsync("label", "vs", "reviews", "team=c", "--overwrite");
        kubectl.Write("mine.yaml", Samples.RouteYaml("reviews", "ratings", "team: a"));
        conflict = await kubectl.TryAsync(null, "apply", "--server-side", "--field-manager=ann", "-f", mine);
        Assert.Contains(
            "conflict with \"kubectl-label\" using networking.istio.io/v1 at 20",
            conflict.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains(": .metadata.labels.team\n", conflict.Errors, StringComparison.Ordinal);

        async Task<string> HostAsync() =>
            await kubectl.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}");
    }

    [Fact]
    public async Task Goes_over_from_client_to_server()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var file = kubectl.Write("route.yaml", Samples.RouteYaml("reviews", labels: "a: b"));
        await kubectl.RunAsync("apply", "-f", file);
        kubectl.Write("route.yaml", Samples.RouteYaml("reviews", "ratings"));
        await kubectl.RunAsync("apply", "--server-side", "-f", file);
        Assert.Equal(
            " ratings",
            await kubectl.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.metadata.labels.a} {.spec.hosts[0]}")
        );
        // And back: what was applied last is noted where the client looks for it.
        kubectl.Write("route.yaml", Samples.RouteYaml("reviews", "details"));
        await kubectl.RunAsync("apply", "-f", file);
        Assert.Equal("details", await kubectl.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}"));
    }

    [Fact]
    public async Task Mistakes_are_told_with_field_and_code()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var unknown = kubectl.Write(
            "unknown.yaml",
            Samples.RouteYaml("reviews").Replace("hosts:", "hostz:", StringComparison.Ordinal)
        );
        var strict = await kubectl.TryAsync(null, "apply", "-f", unknown);
        Assert.Contains(
            "strict decoding error: unknown field \"spec.hostz\", did you mean hosts?",
            strict.Errors,
            StringComparison.Ordinal
        );
        // Without its hosts it is one that others delegate to.
        var warned = await kubectl.TryAsync(null, "apply", "--validate=warn", "-f", unknown);
        Assert.Contains(
            "Warning: unknown field \"spec.hostz\", did you mean hosts?\n",
            warned.Errors,
            StringComparison.Ordinal
        );
        var ignored = await kubectl.TryAsync(null, "apply", "--validate=ignore", "--dry-run=server", "-f", unknown);
        Assert.DoesNotContain("hostz", ignored.Errors, StringComparison.Ordinal);
        var wrong = await kubectl.TryAsync(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: wrong, labels: {"a b": c}}
            spec: {hosts: [a], http: [{route: [{destination: {host: a}, weight: -1}]}, {timeout: soon, route: [{destination: {host: a}}]}]}
            """,
            "apply",
            "-f",
            "-"
        );
        Assert.Equal(1, wrong.Code);
        Assert.Contains(
            "The VirtualService \"wrong\" is invalid: \n* metadata.labels: ",
            wrong.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "* spec.http[0].route[0].weight: -1 must be at least 0; write a number at least 0 (LT0202)\n",
            wrong.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains("* spec.http[1].timeout: must be a duration", wrong.Errors, StringComparison.Ordinal);
        const string tls = "  tls: [{match: [{sniHosts: [reviews]}], route: [{destination: {host: reviews}}]}]\n";
        var inForce = await kubectl.TryAsync(Samples.RouteYaml("reviews") + tls, "apply", "-f", "-");
        Assert.Equal(0, inForce.Code);
        Assert.Contains("Warning: spec.tls: ", inForce.Errors, StringComparison.Ordinal);
        Assert.Contains("(LT0502)", inForce.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dry_runs_change_nothing()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var file = kubectl.Write("route.yaml", Samples.RouteYaml("reviews"));
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews created (server dry run)\n",
            await kubectl.RunAsync("apply", "--dry-run=server", "-f", file)
        );
        Assert.Equal("", await kubectl.RunAsync("get", "vs", "-o", "name"));
        await kubectl.RunAsync("apply", "-f", file);
        kubectl.Write("route.yaml", Samples.RouteYaml("reviews", "ratings"));
        await kubectl.RunAsync("apply", "--dry-run=server", "-f", file);
        await kubectl.RunAsync("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", file);
        await kubectl.RunAsync(
            "patch",
            "vs",
            "reviews",
            "--type=merge",
            "-p",
            """{"spec":{"hosts":["x"]}}""",
            "--dry-run=server"
        );
        await kubectl.RunAsync("delete", "vs", "reviews", "--dry-run=server");
        Assert.Equal(
            "reviews 1",
            await kubectl.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]} {.metadata.generation}")
        );
    }
}
