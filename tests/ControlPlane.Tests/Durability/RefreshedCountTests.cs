// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using ControlPlane.Tests.Statuses;
using Envoy.Service.Discovery.V3;
using Grpc.Net.Client;
using Lateen.Config.Objects;

namespace ControlPlane.Tests.Durability;

/// <summary>A status that was complete is counted anew when proxies come, by a control plane with a clock of its own.</summary>
public sealed class RefreshedCountTests : IDisposable
{
    private readonly ServingProcess _plane = new("--api-listen", "http://127.0.0.1:0") { WritesStatus = true };
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task A_proxy_that_comes_is_counted_once_the_count_has_settled()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var stop = limit.Token;
        await _plane.StartAsync(stop);
        using var channel = GrpcChannel.ForAddress(_plane.Discovery);
        var discovery = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel);
        using var first = await ScriptedProxy.ConnectAsync(discovery, "first");
        await ApplyAsync(stop);
        await first.AckAsync(await first.NextAsync());
        await CountAsync("1 of 1 proxies have acknowledged it", stop);
        using var second = await ScriptedProxy.ConnectAsync(discovery, "second");
        await CountAsync("2 of 2 proxies have acknowledged it", stop);
    }

    public void Dispose()
    {
        _plane.Dispose();
        _client.Dispose();
    }

    private async Task ApplyAsync(CancellationToken stop)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Patch,
            new Uri(_plane.Address, $"{RouteWriter.Collection}/reviews?fieldManager=user")
        )
        {
            Content = new StringContent(StatusTests.Route("reviews"), Encoding.UTF8, "application/apply-patch+yaml"),
        };
        using var answer = await _client.SendAsync(request, stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(stop));
    }

    private Task CountAsync(string message, CancellationToken stop) =>
        ServingControlPlanes.UntilAsync(
            async () =>
            {
                var item = JsonNode.Parse(
                    await _client.GetStringAsync(new Uri(_plane.Address, $"{RouteWriter.Collection}/reviews"), stop)
                )!;
                return item["status"]
                    .Member("conditions")
                    .Items()
                    .Any(one => one.Text("type") == "Programmed" && one.Text("message") == message);
            },
            stop
        );
}
