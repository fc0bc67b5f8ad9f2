// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace ControlPlane.Tests.Statuses;

/// <summary>As much of an API server as leases of one namespace need.</summary>
internal sealed class LeaseServer : IDisposable
{
    private const string Collection = "/apis/coordination.k8s.io/v1/namespaces/istio-system/leases";

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, JsonObject> _leases = [];
    private readonly Task _serving;
    private long _revision;

    public LeaseServer()
    {
        // Ports are free or not when somebody listens: the next one is tried.
        for (var port = 20_000 + (Environment.ProcessId % 10_000); ; port++)
        {
            try
            {
                Address = $"http://127.0.0.1:{port}/";
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add(Address);
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (port < 32_000)
            {
                // Taken.
            }
        }
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>What it was asked, as <c>GET /path</c>.</summary>
    public List<string> Asked { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            var path = context.Request.Url!.AbsolutePath;
            Asked.Add($"{context.Request.HttpMethod} {path}");
            var body = context.Request.HasEntityBody
                ? await JsonNode.ParseAsync(context.Request.InputStream) as JsonObject
                : null;
            var (status, answer) = Answer(context.Request.HttpMethod, path, body);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer));
            context.Response.Close();
        }
    }

    private (int Status, JsonNode Answer) Answer(string method, string path, JsonObject? body)
    {
        if (path == Collection)
            return method == "GET" ? (200, List()) : Put(body!, body!["metadata"].Text("name")!, isNew: true);
        if (!path.StartsWith(Collection, StringComparison.Ordinal))
            return (404, new JsonObject { ["kind"] = "Status" });
        var name = path[(Collection.Length + 1)..];
        if (method == "PUT")
            return Put(body!, name, isNew: false);
        if (!_leases.TryGetValue(name, out var lease))
            return (404, new JsonObject { ["kind"] = "Status" });
        if (method == "DELETE")
            _leases.Remove(name);
        return (200, lease.DeepClone());
    }

    private JsonObject List() =>
        new()
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = Text(_revision) },
            ["items"] = new JsonArray([.. _leases.Values.Select(static lease => lease.DeepClone())]),
        };

    private (int Status, JsonNode Answer) Put(JsonObject body, string name, bool isNew)
    {
        var there = _leases.GetValueOrDefault(name);
        if (!isNew && there is null)
            return (404, new JsonObject { ["kind"] = "Status" });
        if (
            isNew
                ? there is not null
                : there!["metadata"].Text("resourceVersion") != body["metadata"].Text("resourceVersion")
        )
            return (409, new JsonObject { ["kind"] = "Status" });
        var lease = body.DeepClone().AsObject();
        lease["metadata"]!["resourceVersion"] = Text(++_revision);
        _leases[name] = lease;
        return (isNew ? 201 : 200, lease.DeepClone());
    }

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
