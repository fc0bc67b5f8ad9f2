// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using DataPlane.Tests.AccessLogs;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// A serving proxy in front of a <see cref="Recorder"/>, with a neighbour: another client's connection, whose requests succeed
/// before and after whatever a row does.
/// </summary>
internal sealed class SmugglingFixture : IDisposable
{
    /// <summary>Status, details and flags of each exchange.</summary>
    private const string Format =
        "\"logFormat\":{\"textFormatSource\":{\"inlineString\":\"%REQ(:PATH)%|%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS%\\n\"}},";

    private const string Neighbour = "GET /neighbour HTTP/1.1\r\nHost: n\r\n\r\n";

    private readonly AccessLogFixture _log = new();
    private readonly Socket _neighbour;

    /// <param name="manager">Fields of the connection manager, each with a comma behind it.</param>
    public SmugglingFixture(string manager = "", Recorder? upstream = null)
    {
        Upstream = upstream ?? new Recorder();
        _log.Proxy.Clusters(Upstream.Port);
        At = _log.Proxy.Http(
            """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""",
            $"\"accessLog\":[{_log.Log(Format)}],{manager}"
        );
        _neighbour = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        _neighbour.Connect(At);
        AskNeighbour();
    }

    public Recorder Upstream { get; }

    public IPEndPoint At { get; }

    public long Stat(string name) => _log.Proxy.Stat(name);

    /// <summary>Waits until the proxy has begun to read so many requests beside the neighbour's first.</summary>
    public void WaitForRequests(int count) =>
        Eventually.True(() => Stat("http.test.downstream_rq_total") == count + 1, "the proxy reads the request");

    /// <summary>The neighbour is served.</summary>
    public void AskNeighbour()
    {
        ScriptedServer.Send(_neighbour, Neighbour);
        Assert.StartsWith(
            "HTTP/1.1 200 ",
            ScriptedServer.ReadUntil(_neighbour, "\r\n\r\nok"),
            StringComparison.Ordinal
        );
    }

    /// <summary>Stops everything; what the upstream saw, and what was logged, but the neighbour's.</summary>
    public (string Seen, string Logged) Conclude()
    {
        AskNeighbour();
        _neighbour.Dispose();
        var connections = Stat("cluster.a.upstream_cx_total");
        var logged = _log.Raw()
            .Where(static line => !line.StartsWith("/neighbour|", StringComparison.Ordinal))
            .Select(static line =>
                line[(line.IndexOf('|', StringComparison.Ordinal) + 1)..].Replace(" -", "", StringComparison.Ordinal)
            );
        return (string.Join("; ", Upstream.Requests(connections)), string.Join("; ", logged));
    }

    public void Dispose()
    {
        _neighbour.Dispose();
        _log.Dispose();
        Upstream.Dispose();
    }
}
