// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Lateen.Cli.Demo;

/// <summary>Sends requests for the book's reviews through the gateway and notes who answered.</summary>
internal sealed class DemoTraffic : IDisposable
{
    private static readonly Uri s_target = new(DemoMesh.Gateway, "api/v1/products/0/reviews");

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly ConcurrentQueue<Answer> _answers = new();

    /// <summary>Every answer so far, in order of arrival.</summary>
    public IReadOnlyList<Answer> Answers => [.. _answers];

    /// <summary>Sends one request; null as user for nobody in particular.</summary>
    public async Task<Answer> SendAsync(string? user, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var (version, failure) = await AskAsync(user, cancel).ConfigureAwait(false);
        var answer = new Answer(began, Stopwatch.GetElapsedTime(began), version, failure);
        _answers.Enqueue(answer);
        return answer;
    }

    /// <summary>A number of requests, some at a time.</summary>
    public async Task<IReadOnlyList<Answer>> SendManyAsync(int count, int atATime, CancellationToken cancel)
    {
        var answers = new ConcurrentBag<Answer>();
        await Parallel
            .ForAsync(
                0,
                count,
                new ParallelOptions { MaxDegreeOfParallelism = atATime, CancellationToken = cancel },
                async (_, token) => answers.Add(await SendAsync(null, token).ConfigureAwait(false))
            )
            .ConfigureAwait(false);
        return [.. answers];
    }

    /// <summary>Steady traffic until cancelled.</summary>
    public async Task RunAsync(int perSecond, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        var running = new List<Task>();
        try
        {
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
            {
                running.RemoveAll(static task => task.IsCompleted);
                running.Add(SendAsync(null, CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<(string Version, string? Failure)> AskAsync(string? user, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, s_target);
        if (user is not null)
            request.Headers.Add("end-user", user);
        try
        {
            using var response = await _client.SendAsync(request, cancel).ConfigureAwait(false);
            var body = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                return ("", $"{(int)response.StatusCode} {body}");
            using var document = JsonDocument.Parse(body);
            return (document.RootElement.GetProperty("version").GetString() ?? "", null);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException)
        {
            return ("", failure.Message);
        }
    }
}

/// <summary>One answer.</summary>
/// <param name="Began">Timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="Version">Version of reviews that answered; empty on failure.</param>
internal sealed record Answer(long Began, TimeSpan Took, string Version, string? Failure);
