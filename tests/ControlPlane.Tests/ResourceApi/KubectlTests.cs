// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>What people do, with the real <c>kubectl</c>.</summary>
public class KubectlTests
{
    private const string CanaryYaml = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: canary}
        spec:
          hosts: [reviews]
          http:
            - route:
                - {destination: {host: reviews, subset: v1}, weight: 90}
                - {destination: {host: reviews, subset: v2}, weight: 10}
        """;

    [Fact]
    public async Task Finds_out_what_there_is()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        Assert.Contains("Server Version: v1.32.0+lateen", await kubectl.RunAsync("version"), StringComparison.Ordinal);
        var resources = Columns(await kubectl.RunAsync("api-resources", "--no-headers"));
        Assert.Contains("virtualservices vs networking.istio.io/v1 true VirtualService", resources);
        Assert.Contains("namespaces ns v1 false Namespace", resources);
        Assert.Contains("gatewayclasses gc gateway.networking.k8s.io/v1 false GatewayClass", resources);
        Assert.Contains("gateways gw networking.istio.io/v1 true Gateway", resources);
        Assert.Contains("gateways gtw gateway.networking.k8s.io/v1 true Gateway", resources);
        var versions = (await kubectl.RunAsync("api-versions")).Split('\n');
        Assert.Contains("networking.istio.io/v1alpha3", versions);
        var inCategory = await kubectl.RunAsync("api-resources", "--categories=istio-io", "-o", "name");
        Assert.Contains("peerauthentications.security.istio.io", inCategory, StringComparison.Ordinal);
        Assert.DoesNotContain("services", inCategory.Split('\n'));
    }

    [Fact]
    public async Task Explains_fields()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var hosts = await kubectl.RunAsync("explain", "vs.spec.http.route.weight");
        Assert.Contains("FIELD: weight <integer>", hosts, StringComparison.Ordinal);
        Assert.Contains("Share relative to the sum", hosts, StringComparison.Ordinal);
        var whole = await kubectl.RunAsync("explain", "destinationrule", "--recursive");
        Assert.Contains("consecutive5xxErrors\t<integer>", whole, StringComparison.Ordinal);
        Assert.Contains("caCertificates\t<string>", whole, StringComparison.Ordinal);
        var beta = await kubectl.RunAsync("explain", "vs", "--api-version=networking.istio.io/v1beta1");
        Assert.Contains("VERSION:    v1beta1", beta, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gets_objects_in_every_form()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        var file = kubectl.Write("canary.yaml", CanaryYaml);
        Assert.Equal(
            "virtualservice.networking.istio.io/canary created\n",
            await kubectl.RunAsync("create", "-f", file)
        );
        await api.CreateAsync(Samples.Rules, Samples.Rule("reviews"));
        Assert.Equal(
            ["NAME GATEWAYS HOSTS AGE", "canary [\"reviews\"] AGE"],
            Columns(WithoutAge(await kubectl.RunAsync("get", "vs")))
        );
        Assert.Equal(
            ["NAME HOST AGE", "reviews reviews AGE"],
            Columns(WithoutAge(await kubectl.RunAsync("get", "dr", "-o", "wide")))
        );
        Assert.Equal("virtualservice.networking.istio.io/canary\n", await kubectl.RunAsync("get", "vs", "-o", "name"));
        Assert.Equal(
            "90",
            await kubectl.RunAsync("get", "vs", "canary", "-o", "jsonpath={.spec.http[0].route[0].weight}")
        );
        Assert.Contains("    - reviews", await kubectl.RunAsync("get", "vs", "-o", "yaml"), StringComparison.Ordinal);
        var json = JsonNode.Parse(await kubectl.RunAsync("get", "vs", "canary", "-o", "json"))!;
        Assert.Equal("networking.istio.io/v1", json["apiVersion"]!.GetValue<string>());
        Assert.Equal(1, json["metadata"]!["generation"]!.GetValue<int>());
        var old = await kubectl.RunAsync("get", "virtualservices.v1alpha3.networking.istio.io", "canary", "-o", "yaml");
        Assert.Contains("apiVersion: networking.istio.io/v1alpha3", old, StringComparison.Ordinal);
        var category = await kubectl.RunAsync("get", "istio-io", "-o", "name");
        Assert.Equal(
            "destinationrule.networking.istio.io/reviews\nvirtualservice.networking.istio.io/canary\n",
            category
        );
        Assert.Contains("Subset:  v2", await kubectl.RunAsync("describe", "vs", "canary"), StringComparison.Ordinal);
        var missing = await kubectl.TryAsync(null, "get", "vs", "nothing");
        Assert.Equal(
            (1, "Error from server (NotFound): virtualservices.networking.istio.io \"nothing\" not found\n"),
            (missing.Code, missing.Errors)
        );
    }

    [Fact]
    public async Task Selects_and_pages()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        await kubectl.RunAsync("create", "namespace", "shop");
        for (var i = 0; i < 7; i++)
            await api.CreateAsync(Samples.Routes, Samples.Route($"r{i}", labels: $"\"n\":\"{i}\",\"odd\":\"{i % 2}\""));
        await api.CreateAsync("/apis/networking.istio.io/v1/namespaces/shop/virtualservices", Samples.Route("cart"));
        Assert.Equal("r1 r3 r5", await NamesAsync("-l", "odd=1"));
        Assert.Equal("r0 r6", await NamesAsync("-l", "odd!=1,n notin (2,4)"));
        Assert.Equal("r5 r6", await NamesAsync("-l", "n,n>4"));
        Assert.Equal("cart", await NamesAsync("-A", "-l", "!n"));
        Assert.Equal("r2", await NamesAsync("--field-selector", "metadata.name=r2"));
        Assert.Equal("cart", await NamesAsync("-A", "--field-selector", "metadata.namespace!=default"));
        Assert.Equal("r0 r1 r2 r3 r4 r5 r6 cart", await NamesAsync("-A", "--chunk-size=3"));
        var bad = await kubectl.TryAsync(null, "get", "vs", "--field-selector", "spec.hosts=a");
        Assert.Contains("objects cannot be selected by spec.hosts", bad.Errors, StringComparison.Ordinal);

        async Task<string> NamesAsync(params string[] arguments) =>
            await kubectl.RunAsync([
                "get",
                "vs",
                "-o",
                "jsonpath={range .items[*]}{.metadata.name} {end}",
                .. arguments,
            ])
                is var names
                ? names.TrimEnd()
                : "";
    }

    [Fact]
    public async Task Watches_and_waits()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        using var watch = kubectl.Start("get", "vs", "-w", "-o", "name");
        // A watch that has begun shows what is there.
        await api.CreateAsync(Samples.Routes, Samples.Route("first"));
        Assert.Equal("virtualservice.networking.istio.io/first", await watch.StandardOutput.ReadLineAsync(Stop));
        await api.CreateAsync(Samples.Routes, Samples.Route("second"));
        Assert.Equal("virtualservice.networking.istio.io/second", await watch.StandardOutput.ReadLineAsync(Stop));
        watch.Kill();
        var waiting = kubectl.RunAsync("wait", "vs/first", "--for=condition=Programmed", "--timeout=60s");
        var status = """{"status":{"conditions":[{"type":"Programmed","status":"True"}]}}""";
        await kubectl.RunAsync("patch", "vs", "first", "--subresource=status", "--type=merge", "-p", status);
        Assert.Equal("virtualservice.networking.istio.io/first condition met\n", await waiting);
        var gone = kubectl.RunAsync("wait", "vs/second", "--for=delete", "--timeout=60s");
        await kubectl.RunAsync("delete", "vs", "second");
        await gone;
    }

    [Fact]
    public async Task Patches_in_each_way()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        await api.CreateAsync(Samples.Routes, Samples.Route("reviews"));
        await kubectl.RunAsync("create", "service", "clusterip", "web", "--tcp=80:8080", "--tcp=443:8443");
        await kubectl.RunAsync("label", "vs", "reviews", "tier=front");
        await kubectl.RunAsync("annotate", "vs", "reviews", "note=it's here");
        await kubectl.RunAsync("patch", "vs", "reviews", "--type=merge", "-p", """{"spec":{"hosts":["a","b"]}}""");
        await kubectl.RunAsync(
            "patch",
            "vs",
            "reviews",
            "--type=json",
            "-p",
            """[{"op":"remove","path":"/spec/hosts/0"}]"""
        );
        Assert.Equal(
            "front it's here [\"b\"] 3",
            await kubectl.RunAsync(
                "get",
                "vs",
                "reviews",
                "-o",
                "jsonpath={.metadata.labels.tier} {.metadata.annotations.note} {.spec.hosts} {.metadata.generation}"
            )
        );
        await kubectl.RunAsync("patch", "svc", "web", "-p", """{"spec":{"ports":[{"port":443,"name":"tls"}]}}""");
        Assert.Equal(
            "80-8080 tls",
            await kubectl.RunAsync("get", "svc", "web", "-o", "jsonpath={.spec.ports[*].name}")
        );
        var custom = await kubectl.TryAsync(null, "patch", "vs", "reviews", "-p", """{"spec":{"hosts":["c"]}}""");
        Assert.Contains(
            "application/strategic-merge-patch+json is not supported",
            custom.Errors,
            StringComparison.Ordinal
        );
        var failing = await kubectl.TryAsync(
            null,
            "patch",
            "vs",
            "reviews",
            "--type=json",
            "-p",
            """[{"op":"test","path":"/spec/hosts/0","value":"x"}]"""
        );
        Assert.Contains(
            "operation 0, test /spec/hosts/0: the value is another one",
            failing.Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Edits_and_replaces()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        await api.CreateAsync(Samples.Routes, Samples.Route("reviews"));
        var editor = kubectl.Write("editor.sh", "sed -i 's/- reviews$/- ratings/' \"$1\"\n");
        kubectl.Editor = $"sh {editor}";
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews edited\n",
            await kubectl.RunAsync("edit", "vs", "reviews")
        );
        var old = await kubectl.RunAsync("get", "vs", "reviews", "-o", "yaml");
        Assert.Contains("- ratings", old, StringComparison.Ordinal);
        await kubectl.RunAsync("label", "vs", "reviews", "a=b");
        var conflict = await kubectl.TryAsync(old, "replace", "-f", "-");
        Assert.Contains("Error from server (Conflict)", conflict.Errors, StringComparison.Ordinal);
        Assert.Contains("the object has been modified", conflict.Errors, StringComparison.Ordinal);
        var current = await kubectl.RunAsync("get", "vs", "reviews", "-o", "yaml");
        var replaced = await kubectl.TryAsync(
            current.Replace("- ratings", "- details", StringComparison.Ordinal),
            "replace",
            "-f",
            "-"
        );
        Assert.Equal("virtualservice.networking.istio.io/reviews replaced\n", replaced.Output);
    }

    [Fact]
    public async Task Deletes()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        foreach (var name in new[] { "a", "b", "c" })
            await api.CreateAsync(Samples.Routes, Samples.Route(name, labels: $"\"is\":\"{name}\""));
        await kubectl.RunAsync("delete", "vs", "-l", "is=a");
        Assert.Equal(
            "virtualservice.networking.istio.io \"b\" deleted\nvirtualservice.networking.istio.io \"c\" deleted\n",
            await kubectl.RunAsync("delete", "vs", "--all", "--cascade=foreground")
        );
        var nothing = await kubectl.TryAsync(null, "delete", "vs", "a");
        Assert.Contains("(NotFound)", nothing.Errors, StringComparison.Ordinal);
        await kubectl.RunAsync("create", "namespace", "shop");
        await kubectl.RunAsync("create", "configmap", "prices", "-n", "shop", "--from-literal=tea=2");
        Assert.Equal("namespace \"shop\" deleted\n", await kubectl.RunAsync("delete", "namespace", "shop"));
        Assert.Equal("", await kubectl.RunAsync("get", "configmaps", "-A", "-o", "name"));
        var standing = await kubectl.TryAsync(null, "delete", "namespace", "default");
        Assert.Contains("this namespace may not be deleted", standing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Creates_what_it_makes_itself()
    {
        await using var api = await RunningApi.StartAsync();
        using var kubectl = new Kubectl(api.Address);
        Assert.Equal("namespace/shop created\n", await kubectl.RunAsync("create", "namespace", "shop"));
        await kubectl.RunAsync("-n", "shop", "create", "configmap", "prices", "--from-literal=tea=2");
        await kubectl.RunAsync("-n", "shop", "create", "secret", "generic", "key", "--from-literal=k=v");
        await kubectl.RunAsync("-n", "shop", "create", "serviceaccount", "clerk");
        await kubectl.RunAsync(
            "-n",
            "shop",
            "create",
            "service",
            "externalname",
            "bank",
            "--external-name=bank.example.com"
        );
        Assert.Equal("2", await kubectl.RunAsync("-n", "shop", "get", "cm", "prices", "-o", "jsonpath={.data.tea}"));
        Assert.Equal("dg==", await kubectl.RunAsync("-n", "shop", "get", "secret", "key", "-o", "jsonpath={.data.k}"));
        Assert.Equal(
            "bank ExternalName <none> bank.example.com <none> AGE",
            Columns(WithoutAge(await kubectl.RunAsync("-n", "shop", "get", "svc", "--no-headers")))[0]
        );
        Assert.Equal("Active", await kubectl.RunAsync("get", "ns", "shop", "-o", "jsonpath={.status.phase}"));
        var elsewhere = await kubectl.TryAsync(null, "create", "configmap", "x", "-n", "nowhere");
        Assert.Contains("namespaces \"nowhere\" not found", elsewhere.Errors, StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Lines with one space between columns.</summary>
    private static string[] Columns(string table) =>
        table
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .ToArray();

    private static string WithoutAge(string table) =>
        System.Text.RegularExpressions.Regex.Replace(
            table,
            @"\b\d+s\b",
            "AGE",
            System.Text.RegularExpressions.RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );
}
