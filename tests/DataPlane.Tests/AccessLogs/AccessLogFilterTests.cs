// SPDX-License-Identifier: Apache-2.0
using System.Text;
using DataPlane.Tests.Server;
using Lateen.Net.Streams;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Streams;
using Api = Envoy.Config.Accesslog.V3;

namespace DataPlane.Tests.AccessLogs;

/// <summary>Which streams the filters of access logs let through.</summary>
public sealed class AccessLogFilterTests
{
    private const string Noted = """ "filter":"f","path":[{"key":"k"}],"value": """;

    private readonly RuntimeValues _runtime = new(new Dictionary<string, string> { ["static"] = "25" });

    /// <summary>
    /// The stream is a request with <c>x-user: ann</c> and <c>x-request-id: 00000063-…</c>, answered 404 after 250 ms, on a connection
    /// for which filter f noted v under k.
    /// </summary>
    [Theory]
    [InlineData(""" "headerFilter":{"header":{"name":"x-user","stringMatch":{"exact":"ann"}}} """, true)]
    [InlineData(""" "headerFilter":{"header":{"name":"x-user","stringMatch":{"exact":"bob"}}} """, false)]
    [InlineData(""" "headerFilter":{"header":{"name":"X-User","presentMatch":true}} """, true)]
    [InlineData(""" "headerFilter":{"header":{"name":"x-user","presentMatch":true,"invertMatch":true}} """, false)]
    [InlineData(""" "headerFilter":{"header":{"name":"x-none","stringMatch":{"exact":"ann"}}} """, false)]
    [InlineData(""" "headerFilter":{"header":{"name":":path","stringMatch":{"prefix":"/a"}}} """, true)]
    [InlineData(""" "headerFilter":{"header":{"name":":method","stringMatch":{"exact":"POST"}}} """, false)]
    [InlineData(""" "statusCodeFilter":{"comparison":{"value":{"defaultValue":404}}} """, true)]
    [InlineData(""" "statusCodeFilter":{"comparison":{"op":"GE","value":{"defaultValue":405}}} """, false)]
    [InlineData(""" "durationFilter":{"comparison":{"op":"LE","value":{"defaultValue":250}}} """, true)]
    [InlineData(
        """ "durationFilter":{"comparison":{"op":"LE","value":{"defaultValue":250,"runtimeKey":"static"}}} """,
        false
    )]
    [InlineData(""" "notHealthCheckFilter":{} """, true)]
    [InlineData(""" "traceableFilter":{} """, false)]
    [InlineData(""" "runtimeFilter":{"runtimeKey":"k","percentSampled":{"numerator":100}} """, true)]
    [InlineData(""" "runtimeFilter":{"runtimeKey":"k","percentSampled":{"numerator":99}} """, false)] // 0x63 is 99
    [InlineData(
        """ "runtimeFilter":{"runtimeKey":"k","percentSampled":{"numerator":100,"denominator":"MILLION"}} """,
        true
    )]
    [InlineData(
        """ "runtimeFilter":{"runtimeKey":"k","percentSampled":{"numerator":99,"denominator":"TEN_THOUSAND"}} """,
        false
    )]
    [InlineData(""" "runtimeFilter":{"runtimeKey":"static","percentSampled":{"numerator":100}} """, false)]
    [InlineData(
        """ "runtimeFilter":{"runtimeKey":"k","percentSampled":{"numerator":100},"useIndependentRandomness":true} """,
        true
    )]
    [InlineData(""" "runtimeFilter":{"runtimeKey":"k","useIndependentRandomness":true} """, false)]
    [InlineData(""" "logTypeFilter":{"types":["DownstreamEnd"]} """, true)]
    [InlineData(""" "logTypeFilter":{"types":["DownstreamEnd"],"exclude":true} """, false)]
    [InlineData(""" "logTypeFilter":{"types":["DownstreamStart","TcpConnectionEnd"]} """, false)]
    [InlineData(""" "logTypeFilter":{"exclude":true} """, true)]
    [InlineData($$$$$$""" "metadataFilter":{"matcher":{{{{{{{Noted}}}}}}{"stringMatch":{"exact":"v"}}}} """, true)]
    [InlineData($$$$$$""" "metadataFilter":{"matcher":{{{{{{{Noted}}}}}}{"stringMatch":{"exact":"w"}}}} """, false)]
    [InlineData($$$$$$""" "metadataFilter":{"matcher":{{{{{{{Noted}}}}}}{"presentMatch":true}}} """, true)]
    [InlineData($$$$$$""" "metadataFilter":{"matcher":{{{{{{{Noted}}}}}}{"presentMatch":false}}} """, false)]
    [InlineData($$$$$$""" "metadataFilter":{"matcher":{{{{{{{Noted}}}}}}{"boolMatch":true}}} """, false)]
    [InlineData(
        $$$$$$""" "metadataFilter":{"matcher":{{{{{{{Noted}}}}}}{"orMatch":{"valueMatchers":[{"stringMatch":{"exact":"w"}},{"stringMatch":{"prefix":"v"}}]}}}} """,
        true
    )]
    [InlineData(
        """ "metadataFilter":{"matcher":{"filter":"f","path":[{"key":"x"}],"value":{"presentMatch":true}}} """,
        true
    )]
    [InlineData(
        """ "metadataFilter":{"matchIfKeyNotFound":false,"matcher":{"filter":"f","path":[{"key":"x"}],"value":{"presentMatch":true}}} """,
        false
    )]
    [InlineData(
        """ "metadataFilter":{"matchIfKeyNotFound":false,"matcher":{"filter":"f","path":[{"key":"k"},{"key":"k"}],"value":{"presentMatch":true}}} """,
        false
    )]
    [InlineData(""" "metadataFilter":{} """, true)]
    [InlineData(""" "andFilter":{"filters":[{"notHealthCheckFilter":{}},{"traceableFilter":{}}]} """, false)]
    [InlineData(""" "orFilter":{"filters":[{"traceableFilter":{}},{"notHealthCheckFilter":{}}]} """, true)]
    [InlineData(
        """ "andFilter":{"filters":[{"notHealthCheckFilter":{}},{"runtimeFilter":{"runtimeKey":"static","percentSampled":{"numerator":100}}}]} """,
        false
    )]
    public void A_filter_lets_through(string json, bool isLogged) =>
        Assert.Equal(isLogged, Decode(json).Matches(Request("00000063-0000-4000-8000-000000000000")));

    [Fact]
    public void A_share_follows_what_the_operator_says_and_the_identifier()
    {
        var filter = Decode(""" "runtimeFilter":{"runtimeKey":"share","percentSampled":{"numerator":50}} """);
        var (low, high) = (Request("0000000a-x"), Request("0000005a-x"));
        Assert.Equal((true, false), (filter.Matches(low), filter.Matches(high)));
        Assert.True(_runtime.IsInUse("share"));
        Assert.False(_runtime.IsInUse("other"));
        _runtime.Modify("share", "100");
        Assert.Equal((true, true), (filter.Matches(low), filter.Matches(high)));
        _runtime.Modify("share", "0");
        Assert.Equal((false, false), (filter.Matches(low), filter.Matches(high)));
        _runtime.Modify("share", "");
        Assert.Equal((true, false), (filter.Matches(low), filter.Matches(high)));
    }

    /// <summary>What has no identifier, or none in hexadecimal, is drawn by chance: of a thousand some are logged, some are not.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("not-hexadecimal")]
    public void Without_an_identifier_chance_decides(string identifier)
    {
        var filter = Decode(""" "runtimeFilter":{"runtimeKey":"share","percentSampled":{"numerator":50}} """);
        var stream = Request(identifier);
        Assert.Equal(2, Enumerable.Range(0, 1000).Select(_ => filter.Matches(stream)).Distinct().Count());
    }

    [Fact]
    public void Headers_and_types_are_those_of_the_stream()
    {
        using var log = new AccessLogFixture();
        const string Ann =
            """ "filter":{"headerFilter":{"header":{"name":"x-user","stringMatch":{"exact":"ann"}}}}, """;
        const string Type =
            """ "logFormat":{"textFormatSource":{"inlineString":"%REQ(:PATH)% %ACCESS_LOG_TYPE%\n"}}, """;
        var at = log.Http("""{"match":{"prefix":"/"},"directResponse":{"status":200}}""", log.Log(Type, Ann));
        foreach (var (path, user) in new[] { ("/1", "ann"), ("/2", "bob"), ("/3", "ann") })
            log.Converse(at, $"GET {path} HTTP/1.1\r\nHost: a\r\nx-user: {user}\r\nconnection: close\r\n\r\n");
        Assert.Equal(["/1 DownstreamEnd", "/3 DownstreamEnd"], log.Raw());
    }

    private AccessLogFilter Decode(string json)
    {
        var context = new DecodeContext();
        var filter = AccessLogFilterDecoder.Decode(
            ProxyFixture.Json.Parse<Api.AccessLogFilter>($"{{{json}}}"),
            "filter",
            context
        );
        Assert.False(context.HasProblems);
        Assert.NotNull(filter);
        filter.Bind(_runtime);
        return filter;
    }

    private static StreamInfo Request(string identifier)
    {
        var stream = new StreamInfo
        {
            ResponseCode = 404,
            Duration = TimeSpan.FromMilliseconds(250),
            LogType = AccessLogType.DownstreamEnd,
            Inspected = new InspectedConnection { Metadata = [new InspectedValue("f", "k", "v")] },
        };
        stream.Request.SetMethod("GET"u8);
        stream.Request.SetPath("/a?b"u8);
        stream.Request.Headers.Add("x-user"u8, "ann"u8);
        if (identifier.Length > 0)
            stream.Request.Headers.Add("x-request-id"u8, Encoding.ASCII.GetBytes(identifier));
        return stream;
    }
}
