// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CsCheck;
using DataPlane.Tests.Http2;
using DataPlane.Tests.Server;
using static DataPlane.Tests.Server.ProxyFixture;

namespace DataPlane.Tests.Targets;

/// <summary>
/// Istio's four modes of path normalisation (<c>meshConfig.pathNormalization</c>) in a serving proxy that denies
/// <c>/admin</c> and all below it: what passes, and what the upstream sees of it.
/// </summary>
public sealed class PathModeTests : IDisposable
{
    private const string Denied = "denied";
    private const string Refused = "refused";

    private const string Routes = """
        {"match":{"pathSeparatedPrefix":"/admin"},"directResponse":{"status":403}},
        {"match":{"prefix":"/"},"route":{"cluster":"a"}}
        """;

    /// <summary>What istiod sends for each mode.</summary>
    private static readonly Dictionary<string, string> s_modes = new()
    {
        ["NONE"] = "",
        ["BASE"] = "\"normalizePath\":true,\"pathWithEscapedSlashesAction\":\"KEEP_UNCHANGED\",",
        ["MERGE_SLASHES"] =
            "\"normalizePath\":true,\"mergeSlashes\":true,\"pathWithEscapedSlashesAction\":\"KEEP_UNCHANGED\",",
        ["DECODE_AND_MERGE_SLASHES"] =
            "\"normalizePath\":true,\"mergeSlashes\":true,\"pathWithEscapedSlashesAction\":\"UNESCAPE_AND_FORWARD\",",
    };

    private readonly ProxyFixture _proxy = new();
    private readonly ScriptedServer _upstream = ScriptedServer.Echo();

    public PathModeTests() => _proxy.Clusters(_upstream.Port);

    public void Dispose()
    {
        _proxy.Dispose();
        _upstream.Dispose();
    }

    /// <summary>A spelling, and in each mode what the upstream sees, or that the request is denied or refused.</summary>
    public static TheoryData<string, string, string, string, string> Spellings =>
        new()
        {
            { "/admin", Denied, Denied, Denied, Denied },
            { "/admin/", Denied, Denied, Denied, Denied },
            { "/admin?x", Denied, Denied, Denied, Denied },
            { "/administrator", "/administrator", "/administrator", "/administrator", "/administrator" },
            { "/%61dmin", "/%61dmin", Denied, Denied, Denied },
            { "/./admin", "/./admin", Denied, Denied, Denied },
            { "/x/../admin", "/x/../admin", Denied, Denied, Denied },
            { "/x/%2e%2E/admin", "/x/%2e%2E/admin", Denied, Denied, Denied },
            { "/x/..;y/admin", "/x/..;y/admin", Denied, Denied, Denied },
            { "/x/..\\admin", "/x/..\\admin", Denied, Denied, Denied },
            { "/\\admin", "/\\admin", "//admin", Denied, Denied },
            { "//admin", "//admin", "//admin", Denied, Denied },
            { "/.//admin", "/.//admin", "//admin", Denied, Denied },
            { "/x/..//admin", "/x/..//admin", "//admin", Denied, Denied },
            { "/%2fadmin", "/%2fadmin", "/%2fadmin", "/%2fadmin", Denied },
            { "/x%2f..%2fadmin", "/x%2f..%2fadmin", "/x%2f..%2fadmin", "/x%2f..%2fadmin", Denied },
            { "/admin%2fx", "/admin%2fx", "/admin%2fx", "/admin%2fx", Denied },
            { "/admin%5Cx", "/admin%5Cx", "/admin%5Cx", "/admin%5Cx", Denied },
            { "/%5cadmin", "/%5cadmin", "/%5cadmin", "/%5cadmin", Denied },
            { "/adm%00in", "/adm%00in", Refused, Refused, Refused },
            { "/admin#x", Refused, Refused, Refused, Refused },
            { "/x#/../admin", Refused, Refused, Refused, Refused },
            {
                "/public/../a//b?q=../admin",
                "/public/../a//b?q=../admin",
                "/a//b?q=../admin",
                "/a/b?q=../admin",
                "/a/b?q=../admin"
            },
        };

    [Theory, MemberData(nameof(Spellings))]
    public void A_mode_decides_what_passes(string path, string none, string @base, string merge, string decode)
    {
        string[] expected = [none, @base, merge, decode];
        foreach (var (mode, outcome) in s_modes.Keys.Zip(expected))
        {
            using var proxy = new ProxyFixture();
            proxy.Clusters(_upstream.Port);
            var at = proxy.Http(Routes, s_modes[mode]);
            Assert.Equal((mode, outcome), (mode, AskHttp1(at, path)));
            Assert.Equal((mode, outcome), (mode, AskHttp2(at, path)));
        }
    }

    /// <summary>Whatever the mode undertakes to see through, in any combination, gets nobody to the upstream.</summary>
    [Theory]
    [InlineData("BASE")]
    [InlineData("MERGE_SLASHES")]
    [InlineData("DECODE_AND_MERGE_SLASHES")]
    public void No_spelling_of_a_denied_path_passes(string mode)
    {
        var at = _proxy.Http(Routes, s_modes[mode]);
        string[] separators =
        [
            "/",
            "/./",
            "/x/../",
            "/%2e/",
            "/x/%2E./",
            "/.;p=1/",
            "/x/..;/",
            "/x\\..\\",
            "/.\\",
            "/x/y/../../",
        ];
        if (mode != "BASE")
            separators = [.. separators, "//", "///", "/\\", "//./"];
        if (mode == "DECODE_AND_MERGE_SLASHES")
            separators = [.. separators, "/%2f", "/%2F%2f", "/%5c", "/x%2f..%2f", "/x%5C%2e%2e%5c"];
        var letters = "admin"
            .Select(static letter => Any($"{letter}", $"%{(int)letter:x2}", $"%{(int)letter:X2}"))
            .ToArray();
        var name = Gen.Select(letters[0], letters[1], letters[2], letters[3], letters[4]);
        Gen.Select(Any(separators), name, Any(["", .. separators]))
            .Sample(
                (before, letters, behind) =>
                {
                    var path =
                        before
                        + string.Concat(letters.Item1, letters.Item2, letters.Item3, letters.Item4, letters.Item5);
                    path += behind.Length == 0 ? "" : behind + "secret";
                    Assert.Equal((path, Denied), (path, AskHttp1(at, path)));
                },
                iter: 400,
                threads: 1
            );
        Assert.Equal(0, _upstream.Connections);
    }

    [Fact]
    public void An_escaped_slash_may_be_refused()
    {
        var at = _proxy.Http(Routes, "\"pathWithEscapedSlashesAction\":\"REJECT_REQUEST\",");
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", Get(at, "/a%2fb"), StringComparison.Ordinal);
        Assert.Equal("/a?x=%2f", AskHttp1(at, "/a?x=%2f"));
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_failed_path_normalization"));
    }

    [Fact]
    public void An_escaped_slash_may_send_the_client_to_the_decoded_path()
    {
        var at = _proxy.Http(
            Routes,
            "\"pathWithEscapedSlashesAction\":\"UNESCAPE_AND_REDIRECT\",\"normalizePath\":true,"
        );
        var answer = Get(at, "/a%2fb/..%2fc?x=%2f");
        Assert.StartsWith("HTTP/1.1 307 Temporary Redirect\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("location: /a/c?x=%2f\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_redirected_with_normalized_path"));
        // gRPC follows no redirects.
        answer = Get(at, "/a%2fb", "content-type: application/grpc\r\n");
        Assert.DoesNotContain("location", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_failed_path_normalization"));
    }

    [Fact]
    public void A_target_that_is_no_path_finds_nothing()
    {
        var at = _proxy.Http(Routes);
        var answer = Converse(at, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, _proxy.Stat("http.test.downstream_rq_non_relative_path"));
    }

    [Theory]
    [InlineData("", "shop.example.:{0}", "shop.example.:{0}")]
    [InlineData("\"stripMatchingHostPort\":true,", "shop.example:{0}", "shop.example")]
    [InlineData("\"stripMatchingHostPort\":true,", "shop.example:1", "shop.example:1")]
    [InlineData("\"stripAnyHostPort\":true,", "shop.example:1", "shop.example")]
    [InlineData("\"stripAnyHostPort\":true,\"stripTrailingHostDot\":true,", "shop.example.:1", "shop.example")]
    public void Hosts_are_routed_by_what_the_manager_leaves_of_them(string manager, string host, string seen)
    {
        var at = _proxy.Http(Routes, manager);
        var answer = Converse(
            at,
            $"GET / HTTP/1.1\r\nHost: {string.Format(host, at.Port)}\r\nConnection: close\r\n\r\n"
        );
        Assert.Contains($"host: {string.Format(seen, at.Port)}\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALLOW", "200", "x_y: 1")]
    [InlineData("REJECT_REQUEST", "400", "")]
    [InlineData("DROP_HEADER", "200", "")]
    public void Headers_with_underscores_are_kept_refused_or_dropped(string action, string status, string kept)
    {
        var at = _proxy.Http(
            Routes,
            $"\"commonHttpProtocolOptions\":{{\"headersWithUnderscoresAction\":\"{action}\"}},"
        );
        var answer = Get(at, "/", "x_y: 1\r\nx-z: 2\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(kept.Length > 0, answer.Contains("x_y: 1", StringComparison.Ordinal));
        Assert.Equal(status == "200", answer.Contains("x-z: 2", StringComparison.Ordinal));
        Assert.Equal(action == "DROP_HEADER" ? 1 : 0, _proxy.Stat("http.test.http1.dropped_headers_with_underscores"));
        Assert.Equal(
            action == "REJECT_REQUEST" ? 1 : 0,
            _proxy.Stat("http.test.http1.requests_rejected_with_underscores_in_headers")
        );
        using var client = new RawHttp2Client(at);
        client.Send(Frames.Headers(1, Frames.EndStream | Frames.EndHeaders, Frames.Request("x_y: 1", "x-z: 2")));
        var second = client.Read(1);
        Assert.Equal(action == "REJECT_REQUEST" ? "InternalError" : null, second.Reset);
        Assert.Equal(kept.Length > 0, second.Body.Contains("x_y: 1", StringComparison.Ordinal));
        Assert.Equal(action == "DROP_HEADER" ? 1 : 0, _proxy.Stat("http.test.http2.dropped_headers_with_underscores"));
        Assert.Equal(
            action == "REJECT_REQUEST" ? 1 : 0,
            _proxy.Stat("http.test.http2.requests_rejected_with_underscores_in_headers")
        );
        // The connection goes on.
        client.Send(Frames.Get(3));
        Assert.Equal("200", client.Read(3).Status);
    }

    private static string AskHttp1(IPEndPoint at, string path)
    {
        var answer = Get(at, path);
        return answer.Split(' ')[1] switch
        {
            "403" => Denied,
            "400" => Refused,
            _ => answer.Split("GET ")[1].Split(' ')[0],
        };
    }

    private static string AskHttp2(IPEndPoint at, string path)
    {
        using var client = new RawHttp2Client(at);
        client.Send(
            Frames.Headers(
                1,
                Frames.EndStream | Frames.EndHeaders,
                Frames.Block(":method: GET", ":scheme: http", $":path: {path}", ":authority: a.test")
            )
        );
        var answer = client.Read(1);
        return answer.Status switch
        {
            "403" => Denied,
            "400" => Refused,
            _ => answer.Body.Split(' ')[1],
        };
    }

    private static string Get(IPEndPoint at, string path, string headers = "") =>
        Converse(at, $"GET {path} HTTP/1.1\r\nHost: a\r\n{headers}Connection: close\r\n\r\n");

    private static Gen<T> Any<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
