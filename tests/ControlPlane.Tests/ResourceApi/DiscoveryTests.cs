// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.ResourceApi;

public class DiscoveryTests
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>Paths, and what is there: code, and the kind of the document or a part of the text.</summary>
    public static TheoryData<string, string> Pages =>
        new()
        {
            { "/", "paths" },
            { "/version", "gitVersion" },
            { "/healthz", "ok" },
            { "/livez", "ok" },
            { "/readyz", "ok" },
            { "/api", "\"kind\":\"APIVersions\"" },
            { "/apis", "\"kind\":\"APIGroupList\"" },
            { "/apis/", "\"kind\":\"APIGroupList\"" },
            { "/apis/networking.istio.io", "\"preferredVersion\":{\"groupVersion\":\"networking.istio.io/v1\"" },
            { "/api/v1", "\"groupVersion\":\"v1\"" },
            { "/apis/networking.istio.io/v1alpha3", "\"groupVersion\":\"networking.istio.io/v1alpha3\"" },
            { "/openapi/v2", "\"swagger\":\"2.0\"" },
            { "/openapi/v3", "/openapi/v3/apis/networking.istio.io/v1?hash=" },
            { "/openapi/v3/api/v1", "\"openapi\":\"3.0.0\"" },
            { "/openapi/v3/apis/security.istio.io/v1", "PeerAuthentication" },
        };

    [Theory, MemberData(nameof(Pages))]
    public async Task Pages_are_there(string path, string expected)
    {
        await using var api = await RunningApi.StartAsync();
        var answer = await api.AskAsync("GET", path);
        Assert.Equal(200, answer.Code);
        Assert.Contains(expected, answer.Body, StringComparison.Ordinal);
    }

    /// <summary>All kinds are in the lists of their versions, in both forms of discovery, and their lists can be got.</summary>
    [Fact]
    public async Task Every_kind_is_found_and_listed()
    {
        await using var api = await RunningApi.StartAsync();
        var aggregated = Resources((await api.AskAsync("GET", "/apis", accept: Aggregated)).Json)
            .Concat(Resources((await api.AskAsync("GET", "/api", accept: Aggregated)).Json))
            .ToHashSet();
        foreach (var kind in KindCatalogue.All)
        {
            foreach (var version in kind.Versions)
            {
                var root = kind.Group.Length == 0 ? $"/api/{version}" : $"/apis/{kind.Group}/{version}";
                var listed = (await api.AskAsync("GET", root)).Json["resources"]!.AsArray();
                var resource = listed.Single(item => item!["name"]!.GetValue<string>() == kind.Plural)!;
                Assert.Equal(kind.Name, resource["kind"]!.GetValue<string>());
                Assert.Equal(!kind.IsClusterScoped, resource["namespaced"]!.GetValue<bool>());
                Assert.Equal(
                    kind.ShortNames,
                    (resource["shortNames"] as JsonArray)?.Select(static name => name!.GetValue<string>()) ?? []
                );
                Assert.Contains((kind.Group, version, kind.Plural, kind.Name), aggregated);
                var list = await api.AskAsync("GET", $"{root}/{kind.Plural}");
                Assert.Equal((200, $"{kind.Name}List"), (list.Code, list.Json["kind"]!.GetValue<string>()));
                Assert.Equal(kind.ApiVersion(version), list.Json["apiVersion"]!.GetValue<string>());
            }
        }
    }

    [Fact]
    public async Task The_aggregated_form_says_what_it_is()
    {
        await using var api = await RunningApi.StartAsync();
        // As kubectl asks.
        var accept =
            $"{Aggregated},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
        var answer = await api.AskAsync("GET", "/apis", accept: accept);
        Assert.Equal(Aggregated.Replace(";", "; ", StringComparison.Ordinal), answer.Type!.ToString());
        var routes = answer.Json["items"]!
            .AsArray()
            .Single(static group => group!["metadata"]!["name"]!.GetValue<string>() == "networking.istio.io")![
            "versions"
        ]![0]!["resources"]!
            .AsArray()
            .Single(static resource => resource!["resource"]!.GetValue<string>() == "virtualservices")!;
        Assert.Equal("Namespaced", routes["scope"]!.GetValue<string>());
        Assert.Equal("virtualservice", routes["singularResource"]!.GetValue<string>());
        Assert.Equal("""["istio-io","networking-istio-io"]""", routes["categories"]!.ToJsonString());
        Assert.Equal("status", routes["subresources"]![0]!["subresource"]!.GetValue<string>());
        Assert.Equal("application/json", (await api.AskAsync("GET", "/apis")).Type!.ToString());
    }

    [Fact]
    public async Task The_preferred_version_is_the_stable_one()
    {
        await using var api = await RunningApi.StartAsync();
        var versions = (await api.AskAsync("GET", "/apis/networking.istio.io")).Json["versions"]!.AsArray();
        Assert.Equal(
            ["v1", "v1beta1", "v1alpha3"],
            versions.Select(static version => version!["version"]!.GetValue<string>())
        );
    }

    [Fact]
    public async Task OpenApi_says_how_lists_are_merged_and_which_patches_there_are()
    {
        await using var api = await RunningApi.StartAsync();
        var document = (await api.AskAsync("GET", "/openapi/v3/api/v1")).Json;
        var ports = document["components"]!["schemas"]!["io.k8s.api.core.v1.Service"]!["properties"]!["spec"]![
            "properties"
        ]!["ports"]!;
        Assert.Equal("map", ports["x-kubernetes-list-type"]!.GetValue<string>());
        Assert.Equal("""["port","protocol"]""", ports["x-kubernetes-list-map-keys"]!.ToJsonString());
        Assert.Equal("port", ports["x-kubernetes-patch-merge-key"]!.GetValue<string>());
        Assert.Contains(
            "strategic",
            Patches(document, "/api/v1/namespaces/{namespace}/services/{name}"),
            StringComparison.Ordinal
        );
        document = (await api.AskAsync("GET", "/openapi/v3/apis/networking.istio.io/v1")).Json;
        Assert.DoesNotContain(
            "strategic",
            Patches(document, "/apis/networking.istio.io/v1/namespaces/{namespace}/virtualservices/{name}"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    )]
    [InlineData(
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    )]
    [InlineData("application/json", "application/json")]
    [InlineData("*/*", "application/json")]
    public async Task OpenApi_v2_is_there_as_kubectl_reads_it(string accept, string type)
    {
        await using var api = await RunningApi.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/openapi/v2", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.GetValues("Content-Type").Single());
    }

    private static string Patches(JsonObject document, string path) =>
        document["paths"]![path]!["patch"]!["requestBody"]!["content"]!.ToJsonString();

    private static IEnumerable<(string Group, string Version, string Plural, string Kind)> Resources(
        JsonObject discovery
    ) =>
        from item in discovery["items"]!.AsArray()
        from version in item!["versions"]!.AsArray()
        from resource in version!["resources"]!.AsArray()
        let kind = resource!["responseKind"]!
        select (
            item["metadata"]!["name"]?.GetValue<string>() ?? "",
            version["version"]!.GetValue<string>(),
            resource["resource"]!.GetValue<string>(),
            kind["kind"]!.GetValue<string>()
        );
}
