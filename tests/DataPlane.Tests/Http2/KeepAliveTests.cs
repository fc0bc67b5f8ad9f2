// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using DataPlane.Tests.Server;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;

namespace DataPlane.Tests.Http2;

/// <summary>Connections that are asked whether they live, on either side of the proxy (Envoy's connection_keepalive).</summary>
public sealed class KeepAliveTests : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(10);

    private readonly ProxyFixture _fixture = new(time: new ManualTime());

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_client_that_does_not_answer_loses_its_connection()
    {
        using var client = new RawHttp2Client(Listener());
        Assert.Equal("200", Ask(client, 1));
        _fixture.Advance(s_interval + s_moment);
        client.ReadPing();
        _fixture.Advance(s_timeout + s_moment);
        Assert.Equal("closed", client.ReadToEnd());
        Assert.Equal(1, _fixture.Stat("http.test.http2.keepalive_timeout"));
    }

    [Fact]
    public void A_client_that_answers_is_asked_again()
    {
        using var client = new RawHttp2Client(Listener());
        Assert.Equal("200", Ask(client, 1));
        for (uint round = 0; round < 3; round++)
        {
            _fixture.Advance(s_interval + s_moment);
            client.Send(Frames.Frame(0x6, Frames.Ack, 0, client.ReadPing()));
            Assert.Equal("200", Ask(client, 3 + 2 * round)); // the answer was read
            _fixture.Advance(s_timeout + s_moment);
        }
        Assert.Equal("200", Ask(client, 9));
        Assert.Equal(0, _fixture.StatOrZero("http.test.http2.keepalive_timeout"));
    }

    [Fact]
    public void Whatever_a_client_sends_shows_that_it_lives()
    {
        using var client = new RawHttp2Client(Listener());
        Assert.Equal("200", Ask(client, 1));
        _fixture.Advance(s_interval + s_moment);
        client.ReadPing();
        for (uint round = 0; round < 3; round++)
        {
            _fixture.Advance(s_timeout - s_moment);
            Assert.Equal("200", Ask(client, 3 + 2 * round));
        }
        _fixture.Advance(s_timeout - s_moment);
        _fixture.Advance(2 * s_moment);
        Assert.Equal("closed", client.ReadToEnd());
    }

    [Fact]
    public void The_interval_is_at_most_its_jitter_longer()
    {
        var at = Listener(jitter: 50);
        for (var times = 0; times < 20; times++)
        {
            using var client = new RawHttp2Client(at);
            Assert.Equal("200", Ask(client, 1));
            _fixture.Advance(s_interval - s_moment);
            Assert.Equal("200", Ask(client, 3));
            Assert.Equal(0, client.Pings);
            _fixture.Advance(s_interval / 2 + 2 * s_moment);
            client.ReadPing();
        }
    }

    [Fact]
    public void The_answer_to_another_ping_is_not_ours()
    {
        using var client = new RawHttp2Client(Listener());
        Assert.Equal("200", Ask(client, 1));
        _fixture.Advance(s_interval + s_moment);
        client.ReadPing();
        client.Send(Frames.Ping(Frames.Ack));
        Assert.Equal("200", Ask(client, 3));
        _fixture.Advance(s_timeout + s_moment);
        Assert.Equal("closed", client.ReadToEnd());
    }

    [Fact]
    public void An_endpoint_that_does_not_answer_loses_its_connection_and_its_requests_fail()
    {
        var asked = new BlockingCollection<string?>();
        using var server = RawHttp2Server.Serve(
            (connection, _) =>
            {
                connection.Send(Frames.EmptySettings);
                asked.Add(connection.ReadUntil("HEADERS"));
                asked.Add(connection.ReadUntil("PING"));
                asked.Add(connection.ReadUntil("PING"));
            }
        );
        var at = Upstream(server.Port, "\"interval\":\"10s\",\"intervalJitter\":{\"value\":0}");
        using var client = new RawHttp2Client(at);
        client.Send(Frames.Get(1));
        Assert.Equal("HEADERS 1 END", Take(asked));
        _fixture.Advance(s_interval + s_moment);
        Assert.StartsWith("PING ", Take(asked));
        _fixture.Advance(s_timeout + s_moment);
        Assert.Equal("503", client.Read(1).Status);
        Assert.Null(Take(asked));
        Assert.Equal(1, _fixture.Stat("cluster.a.http2.keepalive_timeout"));
    }

    [Fact]
    public void A_request_on_a_connection_that_was_quiet_takes_a_question_with_it()
    {
        var asked = new BlockingCollection<string?>();
        using var server = RawHttp2Server.Serve(
            (connection, _) =>
            {
                connection.Send(Frames.EmptySettings);
                while (connection.Read() is { } line)
                {
                    if (line.StartsWith("HEADERS ", StringComparison.Ordinal))
                        connection.Answer(connection.Stream);
                    if (
                        line.StartsWith("HEADERS ", StringComparison.Ordinal)
                        || line.StartsWith("PING ", StringComparison.Ordinal)
                    )
                        asked.Add(line[..line.IndexOf(' ', StringComparison.Ordinal)]);
                }
                asked.Add(null);
            }
        );
        var at = Upstream(server.Port, "\"connectionIdleInterval\":\"10s\"");
        using var client = new RawHttp2Client(at);
        Assert.Equal("200", Ask(client, 1));
        _fixture.Advance(s_interval - s_moment);
        Assert.Equal("200", Ask(client, 3));
        _fixture.Advance(s_interval + s_moment);
        Assert.Equal("200", Ask(client, 5)); // which, an answer later than the question, shows that it lives
        Assert.Equal(
            ["HEADERS", "HEADERS", "PING", "HEADERS"],
            (string?[])[Take(asked), Take(asked), Take(asked), Take(asked)]
        );
        _fixture.Advance(s_timeout + s_moment);
        Assert.Null(Take(asked)); // but no answer to the question came
        Assert.Equal(1, _fixture.Stat("cluster.a.http2.keepalive_timeout"));
    }

    private IPEndPoint Listener(int jitter = 0) =>
        _fixture.Http(
            """{"match":{"prefix":"/"},"directResponse":{"status":200}}""",
            $$"""
            "http2ProtocolOptions":{"connectionKeepalive":{"interval":"10s","timeout":"5s","intervalJitter":{"value":{{jitter}} } } },
            """
        );

    private IPEndPoint Upstream(int port, string keepAlive)
    {
        Assert.Empty(
            _fixture.Apply<ClusterApi.Cluster>(
                TypeUrls.Cluster,
                (
                    "a",
                    $$"""
                    {"name":"a","type":"STATIC","connectTimeout":"2s",
                     "http2ProtocolOptions":{"connectionKeepalive":{"timeout":"5s",{{keepAlive}} } },
                     "loadAssignment":{"clusterName":"a","endpoints":[{"lbEndpoints":[
                      {"endpoint":{"address":{"socketAddress":{"address":"127.0.0.1","portValue":{{port}} } } } }]}] } }
                    """
                )
            )
        );
        return _fixture.Http("""{"match":{"prefix":"/"},"route":{"cluster":"a","timeout":"0s"}}""");
    }

    private static string? Ask(RawHttp2Client client, uint stream)
    {
        client.Send(Frames.Get(stream));
        return client.Read(stream).Status;
    }

    private static string? Take(BlockingCollection<string?> lines)
    {
        Assert.True(lines.TryTake(out var line, 10_000, TestContext.Current.CancellationToken));
        return line;
    }
}
