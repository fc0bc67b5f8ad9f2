// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using CsCheck;
using DataPlane.Tests.Net;
using Lateen.Http;
using Lateen.Net;
using Lateen.Proxy.Formatting;
using Lateen.Proxy.Streams;

namespace DataPlane.Tests.AccessLogs;

public sealed class SubstitutionFormatTests
{
    public static TheoryData<string, string> Texts =>
        new()
        {
            { "plain", "plain" },
            { "100%%", "100%" },
            { "%RESPONSE_CODE%|%RESPONSE_FLAGS%|%RESPONSE_CODE_DETAILS%", "503|UF,URX|via_upstream" },
            { "%BYTES_RECEIVED% %BYTES_SENT% %DURATION%", "3 4 1500" },
            { "%REQ(X-Test)%", "value" },
            { "%REQ(X-TEST):3%", "val" },
            { "%REQ(X-NONE?X-TEST)%", "value" },
            { "%REQ(X-NONE)%", "-" },
            { "%REQ(:METHOD)% %REQ(:PATH)% %REQ(:AUTHORITY)% %REQ(:SCHEME)%", "GET /p shop http" },
            { "%RESP(X-ANSWER)% %RESP(X-NONE)%", "42 -" },
            { "%START_TIME%", "2026-01-02T03:04:05.678Z" },
            { "%START_TIME(%Y/%m/%d %H:%M:%S.%3f %%z)%", "2026/01/02 03:04:05.678 %z" },
            { "%START_TIME(%F %T.%6f%z)%", "2026-01-02 03:04:05.678000+0000" },
            { "%PROTOCOL%", "HTTP/1.1" },
            { "%UPSTREAM_HOST% %UPSTREAM_CLUSTER% %ROUTE_NAME%", "192.0.2.1:80 a -" },
            { "%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "[::1]:5000 [::1]" },
            { "%UPSTREAM_REQUEST_ATTEMPT_COUNT%", "2" },
        };

    [Theory, MemberData(nameof(Texts))]
    public void A_command_is_replaced_by_its_value(string format, string expected) =>
        Assert.Equal(expected, Write(SubstitutionFormat.Parse(format)));

    /// <summary>What is written, content type, grpc-status as it came, HTTP's status, and the text.</summary>
    [Theory]
    [InlineData("%GRPC_STATUS%", "application/grpc", 0, 200, "OK")]
    [InlineData("%GRPC_STATUS%", "application/grpc+proto", 4, 200, "DeadlineExceeded")]
    [InlineData("%GRPC_STATUS(CAMEL_STRING)%", "application/grpc", 1, 200, "Canceled")]
    [InlineData("%GRPC_STATUS(SNAKE_STRING)%", "application/grpc", 1, 200, "CANCELLED")]
    [InlineData("%GRPC_STATUS(SNAKE_STRING)%", "application/grpc", 16, 200, "UNAUTHENTICATED")]
    [InlineData("%GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%", "application/grpc", 14, 200, "14 14")]
    [InlineData(
        "%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS_NUMBER%",
        "application/grpc",
        99,
        200,
        "99 99 99"
    )]
    [InlineData("%GRPC_STATUS% %GRPC_STATUS_NUMBER%", "application/grpc", -1, 200, "-1 -1")] // no number
    [InlineData("%GRPC_STATUS%", "application/grpc", null, 503, "Unavailable")]
    [InlineData("%GRPC_STATUS_NUMBER%", "application/grpc", null, 200, "2")]
    [InlineData("%GRPC_STATUS% %GRPC_STATUS_NUMBER%", "application/grpc", null, 0, "- -")]
    [InlineData("%GRPC_STATUS% %GRPC_STATUS_NUMBER%", "application/grpc-web", 5, 200, "- -")]
    [InlineData("%GRPC_STATUS% %GRPC_STATUS_NUMBER%", "application/json", 5, 200, "- -")]
    public void The_status_of_a_call_is_told_of_calls(string format, string type, int? grpc, int http, string expected)
    {
        var stream = Stream();
        stream.Request.Headers.Set("content-type"u8, Encoding.ASCII.GetBytes(type));
        stream.GrpcStatus = grpc;
        stream.ResponseCode = http;
        Assert.Equal(expected, Write(SubstitutionFormat.Parse(format), stream));
    }

    [Fact]
    public void In_Json_the_number_of_a_call_is_a_number()
    {
        KeyValuePair<string, string>[] fields = [new("n", "%GRPC_STATUS_NUMBER%"), new("s", "%GRPC_STATUS%")];
        var (call, other) = (Stream(), Stream());
        call.Request.Headers.Set("content-type"u8, "application/grpc"u8);
        Assert.Equal("{\"n\":14,\"s\":\"Unavailable\"}\n", Write(JsonFormat.Parse(fields, omitEmpty: false), call));
        Assert.Equal("{\"n\":null,\"s\":null}\n", Write(JsonFormat.Parse(fields, omitEmpty: false), other));
    }

    [Theory]
    [InlineData("203.0.113.1", "203.0.113.1:0 203.0.113.1")]
    [InlineData("2001:db8::1", "[2001:db8::1]:0 [2001:db8::1]")]
    public void A_forwarded_client_has_no_port(string client, string expected)
    {
        var stream = Stream();
        stream.ForwardedClient = NetAddress.From(System.Net.IPAddress.Parse(client), 0);
        const string Format = "%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%";
        Assert.Equal(expected, Write(SubstitutionFormat.Parse(Format), stream));
    }

    [Theory]
    [InlineData("%GRPC_STATUS(WORDS)%", "GRPC_STATUS(WORDS)")]
    [InlineData("%NONSENSE%", "NONSENSE")]
    [InlineData("%REQ(X%", "%REQ(X%")]
    [InlineData("%REQ(X):no%", "REQ(X):no")]
    [InlineData("100% sure", "% sure")]
    [InlineData("%START_TIME(%Q)%", "%Q")]
    public void What_is_badly_written_is_refused_by_its_name(string format, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => SubstitutionFormat.Parse(format)).Message);

    [Fact]
    public void A_line_that_does_not_fit_is_cut_off() =>
        Assert.Equal("value-va", Write(SubstitutionFormat.Parse("%REQ(X-TEST)%-%REQ(X-TEST)%"), size: 8));

    [Fact]
    public void Writing_allocates_nothing()
    {
        var format = SubstitutionFormat.Parse(SubstitutionFormat.IstioDefault);
        var json = JsonFormat.Parse([new("code", "%RESPONSE_CODE%"), new("path", "%REQ(:PATH)%")], omitEmpty: false);
        var (stream, buffer) = (Stream(), new byte[4096]);
        format.Write(stream, buffer);
        json.Write(stream, buffer);
        var allocated = Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                format.Write(stream, buffer);
                json.Write(stream, buffer);
            }
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Json_leaves_out_what_is_missing_when_told_so()
    {
        KeyValuePair<string, string>[] fields = [new("b", "%RESPONSE_CODE%"), new("a", "%ROUTE_NAME%"), new("c", "x")];
        Assert.Equal("{\"a\":null,\"b\":503,\"c\":\"x\"}\n", Write(JsonFormat.Parse(fields, omitEmpty: false)));
        Assert.Equal("{\"b\":503,\"c\":\"x\"}\n", Write(JsonFormat.Parse(fields, omitEmpty: true)));
        Assert.Equal("{}\n", Write(JsonFormat.Parse([fields[1]], omitEmpty: true)));
    }

    [Fact]
    public void Json_is_valid_and_says_the_same_whatever_a_header_holds() =>
        Gen
            .Byte.Array[0, 40]
            .Sample(bytes =>
            {
                var stream = Stream();
                stream.Request.Headers.Set(Encoding.ASCII.GetBytes("x-any"), bytes);
                var line = Write(
                    JsonFormat.Parse([new("v", "%REQ(X-ANY)%"), new("w", "%RESPONSE_CODE%")], false),
                    stream
                );
                var read = JsonDocument.Parse(line).RootElement;
                var expected = System.Text.Unicode.Utf8.IsValid(bytes)
                    ? Encoding.UTF8.GetString(bytes)
                    : Encoding.Latin1.GetString(bytes);
                return read.GetProperty("v").GetString() == (bytes.Length == 0 ? null : expected)
                    && read.GetProperty("w").GetInt32() == 503;
            });

    [Fact]
    public void A_field_that_does_not_fit_is_left_out_whole()
    {
        var format = JsonFormat.Parse([new("a", "%REQ(X-TEST)%"), new("b", "%REQ(X-TEST)%")], omitEmpty: false);
        Assert.StartsWith("{\"a\":\"value\"}\n", Write(format, size: 22));
    }

    private static string Write(SubstitutionFormat format, StreamInfo? stream = null, int size = 4096)
    {
        var buffer = new byte[size];
        return Encoding.UTF8.GetString(buffer, 0, format.Write(stream ?? Stream(), buffer));
    }

    private static StreamInfo Stream()
    {
        var stream = new StreamInfo
        {
            StartUnixTicks = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks,
            Duration = TimeSpan.FromSeconds(1.5),
            ResponseCode = 503,
            Flags = ResponseFlags.UpstreamConnectionFailure | ResponseFlags.UpstreamRetryLimit,
            ResponseCodeDetails = "via_upstream",
            BytesReceived = 3,
            BytesSent = 4,
            UpstreamHost = "192.0.2.1:80",
            UpstreamCluster = "a",
            DownstreamRemoteAddress = "[::1]:5000",
            AttemptCount = 2,
        };
        stream.Request.Version = HttpVersion.Http11;
        stream.Request.SetMethod("GET"u8);
        stream.Request.SetPath("/p"u8);
        stream.Request.SetAuthority("shop"u8);
        stream.Request.SetScheme("http"u8);
        stream.Request.Headers.Set("x-test"u8, "value"u8);
        stream.Response.Headers.Set("x-answer"u8, "42"u8);
        return stream;
    }
}
