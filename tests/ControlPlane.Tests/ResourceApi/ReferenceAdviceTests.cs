// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using ControlPlane.Tests.Statuses;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>What an object refers to that nobody defines is no reason to refuse it, and its writer is told.</summary>
public class ReferenceAdviceTests
{
    private const string Unruled =
        """there is no DestinationRule for reviews.default.svc.cluster.local that could define the subset \"v9\": until there is, requests there get 503 (NC); define the subset in a DestinationRule of the host (LT0312)""";

    private const string Unknown =
        """no DestinationRule for reviews.default.svc.cluster.local defines the subset \"v9\": requests there get 503 (NC); define the subset or route to one that exists (LT0301)""";

    private const string NoHost =
        "no Service or ServiceEntry has the host reviews.default.svc.cluster.local; check the name and the namespace (LT0302)";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_writer_is_warned_by_what_is_written_until_then()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal([Host(NoHost), Subset(Unruled)], await WarningsAsync("virtualservices", Route("v9")));
        Assert.Equal([], await WarningsAsync("services", Service));
        // Who writes one thing after the other is not told of what was missing a moment ago.
        Assert.Equal([Subset(Unruled)], await WarningsAsync("virtualservices", Route("v9", "1s")));
        Assert.Equal([], await WarningsAsync("destinationrules", Rule("v1")));
        Assert.Equal([Subset(Unknown)], await WarningsAsync("virtualservices", Route("v9", "2s")));
        Assert.Equal([Subset(Unknown)], await WarningsAsync("virtualservices", Route("v9", "3s"), "&dryRun=All"));
        Assert.Equal([], await WarningsAsync("destinationrules", Rule("v9")));
        Assert.Equal([], await WarningsAsync("virtualservices", Route("v9", "4s")));

        async Task<IEnumerable<string>> WarningsAsync(string plural, string yaml, string more = "")
        {
            var root = plural == "services" ? "api/v1" : "apis/networking.istio.io/v1";
            using var request = new HttpRequestMessage(
                HttpMethod.Patch,
                new Uri(plane.Api, $"{root}/namespaces/default/{plural}/reviews?fieldManager=test{more}")
            )
            {
                Content = new StringContent(yaml, Encoding.UTF8, "application/apply-patch+yaml"),
            };
            using var answer = await client.SendAsync(request, Stop);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
            return answer.Headers.TryGetValues("Warning", out var warnings) ? warnings : [];
        }
    }

    [Fact]
    public async Task What_is_refused_has_no_advice()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await client.PostAsync(
            new Uri(plane.Api, "apis/networking.istio.io/v1/namespaces/default/virtualservices"),
            new StringContent(Route("v9", "soon"), Encoding.UTF8, "application/yaml"),
            Stop
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Warning"));
    }

    private static string Host(string message) => Warning("host", message);

    private static string Subset(string message) => Warning("subset", message);

    private static string Warning(string field, string message) =>
        $"299 - \"spec.http[0].route[0].destination.{field}: {message}\"";

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
        """;

    private static string Route(string subset, string timeout = "5s") =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: [{timeout: {{{timeout}}}, route: [{destination: {host: reviews, subset: {{{subset}}}}}]}]
            """;

    private static string Rule(string subset) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec: {host: reviews, subsets: [{name: {{{subset}}}}]}
            """;
}
