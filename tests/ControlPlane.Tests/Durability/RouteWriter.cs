// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.Durability;

/// <summary>
/// Creates, replaces and deletes VirtualServices of its own through one control plane, one write after the other, and knows at any time what
/// has to be there. A write whose outcome is not known is looked at again, and made again where it did not happen.
/// </summary>
internal sealed class RouteWriter(string name, Func<Uri> server, HttpClient client)
{
    public const string Collection = "apis/networking.istio.io/v1/namespaces/default/virtualservices";

    private const int Names = 10;

    private readonly Dictionary<string, WrittenRoute> _there = [];
    private readonly List<WrittenRoute> _acknowledged = [];
    private int _writes;

    /// <summary>Names with what they hold.</summary>
    public IReadOnlyDictionary<string, WrittenRoute> There => _there;

    /// <summary>Writes that the API has said to be done, deletions aside, in their order.</summary>
    public IReadOnlyList<WrittenRoute> Acknowledged => _acknowledged;

    /// <summary>How often nobody answered, or that the store is away.</summary>
    public int Failures { get; private set; }

    /// <summary>Completes with the next failure.</summary>
    public TaskCompletionSource Failed { get; private set; } = NewSign();

    /// <summary>Begins to wait for a failure.</summary>
    public void WatchForFailure() => Failed = NewSign();

    /// <param name="meanwhile">Runs while the first of the writes is under way.</param>
    public async Task WriteAsync(int count, Action? meanwhile, CancellationToken stop)
    {
        for (var i = 0; i < count; i++)
        {
            await WriteAsync(meanwhile, stop);
            meanwhile = null;
        }
    }

    private static TaskCompletionSource NewSign() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WriteAsync(Action? meanwhile, CancellationToken stop)
    {
        var number = _writes++;
        var route = $"{name}-{number * 7 % Names}";
        var before = _there.GetValueOrDefault(route);
        var isDeletion = before is not null && number % 5 == 4;
        var content = $"{number}";
        while (true)
        {
            var sent = isDeletion ? DeleteAsync(route, stop) : PutAsync(route, content, before, stop);
            meanwhile?.Invoke();
            meanwhile = null;
            var (status, written) = await sent;
            if (status is 200 or 201)
            {
                Note(route, isDeletion ? null : written);
                if (!isDeletion)
                    _acknowledged.Add(written!);
                return;
            }
            // 409 and 404 can only be about a write of ours whose answer we did not get: nobody else writes these.
            Assert.True(status is 0 or 404 or 409 or 503, $"{route}: {status}");
            var now = await LookAsync(route, stop);
            if (now?.Content == (isDeletion ? null : content))
            {
                Note(route, now);
                return;
            }
            Assert.Equal(before, now);
        }
    }

    private void Note(string route, WrittenRoute? now)
    {
        if (now is null)
            _there.Remove(route);
        else
            _there[route] = now;
    }

    private Task<(int, WrittenRoute?)> PutAsync(
        string route,
        string content,
        WrittenRoute? before,
        CancellationToken stop
    )
    {
        var metadata = new JsonObject
        {
            ["name"] = route,
            ["labels"] = new JsonObject { ["content"] = content },
        };
        if (before is not null)
            metadata["resourceVersion"] = before.Revision.ToString(CultureInfo.InvariantCulture);
        var body = new JsonObject
        {
            ["apiVersion"] = "networking.istio.io/v1",
            ["kind"] = "VirtualService",
            ["metadata"] = metadata,
            ["spec"] = JsonNode.Parse(
                $$$"""{"hosts":["{{{route}}}"],"http":[{"route":[{"destination":{"host":"{{{route}}}"}}]}]}"""
            ),
        };
        return before is null
            ? AskAsync(HttpMethod.Post, Collection, body, stop)
            : AskAsync(HttpMethod.Put, $"{Collection}/{route}", body, stop);
    }

    private Task<(int, WrittenRoute?)> DeleteAsync(string route, CancellationToken stop) =>
        AskAsync(HttpMethod.Delete, $"{Collection}/{route}", null, stop);

    /// <summary>How it is now, asked until there is an answer.</summary>
    private async Task<WrittenRoute?> LookAsync(string route, CancellationToken stop)
    {
        while (true)
        {
            var (status, found) = await AskAsync(HttpMethod.Get, $"{Collection}/{route}", null, stop);
            if (status is 200 or 404)
                return found;
            Assert.True(status is 0 or 503, $"{route}: {status}");
            await Task.Delay(ServingControlPlanes.Poll, stop);
        }
    }

    /// <summary>The status with what was answered; 0 where there was no answer.</summary>
    private async Task<(int, WrittenRoute?)> AskAsync(
        HttpMethod method,
        string path,
        JsonObject? body,
        CancellationToken stop
    )
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(server(), path));
            if (body is not null)
                request.Content = JsonContent.Create(body);
            using var answer = await client.SendAsync(request, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            if (answer.IsSuccessStatusCode)
                return ((int)answer.StatusCode, WrittenRoute.Read(JsonNode.Parse(text)!));
            if ((int)answer.StatusCode == 503)
                Fail();
            return ((int)answer.StatusCode, null);
        }
        catch (HttpRequestException)
        {
            Fail();
            return (0, null);
        }
    }

    private void Fail()
    {
        Failures++;
        Failed.TrySetResult();
    }
}

/// <summary>A VirtualService as the API shows it.</summary>
internal sealed record WrittenRoute(string Name, string Content, long Revision)
{
    /// <summary>Null for an answer that shows none, as that to a deletion.</summary>
    public static WrittenRoute? Read(JsonNode shown) => (string?)shown["kind"] == "Status" ? null : Of(shown);

    public static WrittenRoute Of(JsonNode shown) =>
        new(
            (string)shown["metadata"]!["name"]!,
            (string?)shown["metadata"]!["labels"]?["content"] ?? "",
            long.Parse((string)shown["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture)
        );
}
