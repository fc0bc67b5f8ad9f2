// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>The API on a free loopback port, in plaintext, over a store in memory. An error in its log fails the test.</summary>
public sealed class RunningApi : IAsyncDisposable
{
    private readonly ResourceApiServer _server;
    private readonly ErrorLog _errors = new();

    private RunningApi(IResourceStore store, TimeProvider time)
    {
        Store = store;
        _server = new ResourceApiServer(
            new ResourceApiOptions
            {
                Listen = [new ApiListen(new IPEndPoint(IPAddress.Loopback, 0), IsPlaintext: true)],
            },
            store,
            time,
            logging => logging.ClearProviders().AddProvider(_errors)
        );
    }

    public IResourceStore Store { get; }

    public Uri Address => new($"http://{_server.Addresses[0]}");

    public HttpClient Client { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RunningApi> StartAsync(IResourceStore? store = null, TimeProvider? time = null)
    {
        var api = new RunningApi(store ?? new MemoryStore(), time ?? TimeProvider.System);
        await api._server.StartAsync(Stop);
        await api._server.Ready;
        api.Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = api.Address };
        return api;
    }

    /// <summary>Sends a request and returns its answer.</summary>
    public async Task<ApiResponse> AskAsync(
        string method,
        string path,
        string? body = null,
        string type = "application/json",
        string? accept = null
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Client.SendAsync(request, Stop);
        return new ApiResponse(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Stop),
            response.Content.Headers.ContentType,
            response.Headers.TryGetValues("Warning", out var warnings) ? [.. warnings] : []
        );
    }

    /// <summary>Creates an object; fails the test when that fails.</summary>
    public async Task<JsonObject> CreateAsync(string path, string body)
    {
        var created = await AskAsync("POST", path, body);
        Assert.True(created.Code == 201, created.Body);
        return created.Json;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        Assert.True(_errors.Lines.IsEmpty, string.Join("\n", _errors.Lines));
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                Lines.Enqueue($"{formatter(state, exception)}\n{exception}");
        }

        public void Dispose() { }
    }
}

/// <summary>What the API answered.</summary>
public sealed record ApiResponse(int Code, string Body, MediaTypeHeaderValue? Type, IReadOnlyList<string> Warnings)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    /// <summary>Of a Status.</summary>
    public string Reason => Json["reason"]?.GetValue<string>() ?? "";

    /// <summary>Of a Status.</summary>
    public string Message => Json["message"]?.GetValue<string>() ?? "";
}
