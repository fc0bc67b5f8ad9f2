// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.Durability;

/// <summary>Watches the VirtualServices through one control plane, and goes on where it was when that was killed and is back.</summary>
internal sealed class RouteWatcher(Func<Uri> server, HttpClient client)
{
    private readonly List<RouteEvent> _seen = [];

    /// <summary>How often the watch broke off.</summary>
    public int Breaks { get; private set; }

    /// <summary>Everything after a revision, up to the event of one name.</summary>
    public async Task<IReadOnlyList<RouteEvent>> UntilAsync(string last, long revision, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var path = $"{RouteWriter.Collection}?watch=1&resourceVersion={revision}";
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server(), path));
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
                Assert.True((int)answer.StatusCode is 200 or 503, $"a watch is answered {answer.StatusCode}");
                using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
                while (answer.IsSuccessStatusCode && await lines.ReadLineAsync(stop) is { } line)
                {
                    if (Read(line) is not { } seen)
                        break;
                    Assert.True(seen.Route.Revision > revision, $"{seen} comes after {revision}");
                    revision = seen.Route.Revision;
                    _seen.Add(seen);
                    if (seen.Route.Name == last)
                        return _seen;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                // Killed; it comes back.
            }
            Breaks++;
            await Task.Delay(ServingControlPlanes.Poll, stop);
        }
    }

    /// <summary>Null where the server says that its store is away.</summary>
    private static RouteEvent? Read(string line)
    {
        var happened = JsonNode.Parse(line)!;
        var type = (string)happened["type"]!;
        if (type == "ERROR")
        {
            Assert.Equal(503, (int)happened["object"]!["code"]!);
            return null;
        }
        return new RouteEvent(type, WrittenRoute.Of(happened["object"]!));
    }
}

/// <summary>An event of a watch.</summary>
internal sealed record RouteEvent(string Type, WrittenRoute Route);
