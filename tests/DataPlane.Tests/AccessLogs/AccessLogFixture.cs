// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DataPlane.Tests.Server;
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.AccessLogs;

/// <summary>A proxy that logs into a file, and a client whose lines can be told apart.</summary>
internal sealed partial class AccessLogFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lateen-access-log-");
    private readonly Dictionary<string, string> _ports = [];
    private bool _stopped;

    public ProxyFixture Proxy { get; } = new();

    public string LogPath => Path.Combine(_folder.FullName, "access.log");

    /// <summary>An access log of a filter, as JSON; by default Istio's text.</summary>
    public string Log(string format = "", string filter = "") =>
        $$"""
            {"name":"file",{{filter}}"typedConfig":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
             {{format}}"path":"{{LogPath}}"} }
            """;

    public IPEndPoint Http(string routes, string? log = null) =>
        Proxy.Http(routes, $"\"accessLog\":[{log ?? Log()}],\"useRemoteAddress\":false,");

    /// <summary>A TCP proxy to cluster a.</summary>
    public IPEndPoint Tcp()
    {
        Assert.Empty(
            Proxy.Apply<ListenerApi.Listener>(
                TypeUrls.Listener,
                (
                    "t",
                    $$$$"""
                    {"name":"t","address":{"socketAddress":{"address":"127.0.0.1","portValue":0}},"filterChains":[{"filters":[
                      {"name":"tcp","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                       "statPrefix":"t","cluster":"a","accessLog":[{{{{Log()}}}}]}}]}]}
                    """
                )
            )
        );
        return Proxy.Address("t");
    }

    /// <summary>Names a port in the lines.</summary>
    public void Name(int port, string name) => _ports[$"127.0.0.1:{port}"] = name;

    public string Converse(IPEndPoint at, string request)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        client.Connect(at);
        Name(((IPEndPoint)client.LocalEndPoint!).Port, "CLIENT");
        Name(at.Port, "LISTENER");
        ScriptedServer.Send(client, request);
        if (!request.Contains("HTTP/", StringComparison.Ordinal))
            client.Shutdown(SocketShutdown.Send);
        return ProxyFixture.ReadToEnd(client);
    }

    /// <summary>Stops the proxy and returns what it logged, with times and ports made comparable.</summary>
    public string[] Lines() => Raw().Select(Normalise).ToArray();

    public string[] Raw()
    {
        Stop();
        return File.Exists(LogPath) ? File.ReadAllLines(LogPath) : [];
    }

    public void Dispose()
    {
        Stop();
        _folder.Delete(recursive: true);
    }

    private void Stop()
    {
        if (!_stopped)
            Proxy.Dispose();
        _stopped = true;
    }

    private string Normalise(string line)
    {
        var timed = Durations().Replace(StartTime().Replace(line, "[TIME]"), Duration);
        return Address().Replace(timed, match => _ports.GetValueOrDefault(match.Value, "LOCAL"));
    }

    private static string Duration(Match match) =>
        $"{match.Groups["bytes"]} D {(match.Groups["upstream"].Value == "-" ? "-" : "D")} \"";

    // %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% and the next field's quote
    [GeneratedRegex(@"(?<bytes> \d+ \d+) \d+ (?<upstream>\d+|-) """, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Durations();

    [GeneratedRegex(@"^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StartTime();

    [GeneratedRegex(@"127\.0\.0\.1:\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
