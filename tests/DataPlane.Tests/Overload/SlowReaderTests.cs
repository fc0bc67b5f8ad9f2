// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Overload;

/// <summary>Clients that have said all they want to say, and read when they like.</summary>
public sealed class SlowReaderTests : IDisposable
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /// <summary>Milliseconds, after which a proxy that has not answered is taken to wait for its client.</summary>
    private const int Patience = 300;

    private static readonly string s_body = new('#', 4000);

    private readonly ProxyFixture _proxy = new();
    private readonly IPEndPoint _at;

    public SlowReaderTests() =>
        _at = _proxy.Http(
            $$$"""{"match":{"prefix":"/"},"directResponse":{"status":200,"body":{"inlineString":"{{{s_body}}}"} } }"""
        );

    public void Dispose() => _proxy.Dispose();

    /// <summary>
    /// The last answer is the one that the kernel has no room for, or not for all of it, and nothing follows that would wait
    /// for that room: the connection's end must.
    /// </summary>
    [Fact]
    public void A_client_that_has_closed_its_side_gets_every_answer_to_its_end()
    {
        using var first = new Client(_at, isNarrow: true);
        var most = Ask(first, int.MaxValue);
        for (var requests = Math.Max(1, most - 2); requests <= most; requests++)
        {
            using var client = new Client(_at, isNarrow: true);
            // One that was not answered in time is answered when we read.
            var asked = Math.Min(Ask(client, requests) + 1, requests);
            client.Socket.Shutdown(SocketShutdown.Send);
            var text = ReadToEnd(client.Socket);
            Assert.Equal(asked, text.Split("HTTP/1.1 200 OK").Length - 1);
            Assert.EndsWith(s_body, text, StringComparison.Ordinal);
            Assert.Equal(asked * s_body.Length, text.Count(static c => c == '#'));
        }
    }

    /// <summary>
    /// Asks so many times, or until the proxy waits for its client to read, and returns how many were answered. A guess that is
    /// too low would only test less.
    /// </summary>
    private int Ask(Client client, int most)
    {
        var answered = 0;
        for (var before = Answered; answered < most; answered++)
        {
            client.Send(Request);
            if (!SpinWait.SpinUntil(() => Answered > before + answered, Patience))
                break;
        }
        return answered;
    }

    private long Answered => _proxy.Stat("http.test.downstream_rq_2xx");

    private static string ReadToEnd(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        for (int got; (got = socket.Receive(buffer)) > 0; )
            text.Append(Encoding.Latin1.GetString(buffer, 0, got));
        return text.ToString();
    }
}
