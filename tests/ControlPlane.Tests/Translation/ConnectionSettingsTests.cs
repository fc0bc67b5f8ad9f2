// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Core;
using Lateen.Mesh;

namespace ControlPlane.Tests.Translation;

/// <summary>
/// <c>defaultConfig.connectionSettings</c> of MeshConfig, from the user's text to every connection manager of a sidecar and of a gateway.
/// What a proxy does by each of their fields is the data plane's tests' matter.
/// </summary>
public class ConnectionSettingsTests
{
    private const string Edge =
        "idle 3600s, streamIdle 300s, request 300s, headers 60s, streams 100, window 65536/1048576, "
        + "underscores RejectRequest, slashes True UnescapeAndRedirect";

    [Theory]
    [InlineData("", "streamIdle 0s", "streamIdle 0s")]
    [InlineData("profile: SIDECAR", "streamIdle 0s", "streamIdle 0s")]
    [InlineData("profile: EDGE", "streamIdle 0s", Edge)]
    [InlineData("httpIdleTimeout: 10m", "idle 600s, streamIdle 0s")]
    [InlineData("httpIdleTimeout: 0s", "idle 0s, streamIdle 0s")]
    [InlineData("httpMaxConnectionDuration: 1h", "connection 3600s, streamIdle 0s")]
    [InlineData("httpMaxStreamDuration: 2m", "stream 120s, streamIdle 0s")]
    [InlineData("httpStreamIdleTimeout: 7s", "streamIdle 7s")]
    [InlineData("http_request_timeout: 8s", "streamIdle 0s, request 8s")]
    [InlineData("httpRequestHeadersTimeout: 9s", "streamIdle 0s, headers 9s")]
    [InlineData("httpDrainTimeout: 11s", "streamIdle 0s, drain 11s")]
    [InlineData("httpMaxConcurrentStreams: 12", "streamIdle 0s, streams 12")]
    [InlineData("http2InitialStreamWindowSize: 65535", "streamIdle 0s, window 65535/")]
    [InlineData("http2InitialConnectionWindowSize: 2147483647", "streamIdle 0s, window /2147483647")]
    [InlineData(
        "httpHeadersWithUnderscoresAction: HEADERS_WITH_UNDERSCORES_DROP_HEADER",
        "streamIdle 0s, underscores DropHeader"
    )]
    [InlineData("httpMergeSlashes: true", "streamIdle 0s, slashes True KeepUnchanged")]
    [InlineData("httpPathWithEscapedSlashesAction: REJECT_REQUEST", "streamIdle 0s, slashes False RejectRequest")]
    // What is written goes before the profile's.
    [InlineData(
        """
            profile: EDGE
            httpIdleTimeout: 1s
            httpStreamIdleTimeout: 2s
            httpRequestTimeout: 3s
            httpRequestHeadersTimeout: 4s
            httpMaxConcurrentStreams: 5
            http2InitialStreamWindowSize: 70000
            http2InitialConnectionWindowSize: 80000
            httpHeadersWithUnderscoresAction: HEADERS_WITH_UNDERSCORES_ALLOW
            httpMergeSlashes: false
            httpPathWithEscapedSlashesAction: KEEP_UNCHANGED
            """,
        "idle 1s, streamIdle 2s, request 3s, headers 4s, streams 5, window 70000/80000"
    )]
    public void Every_connection_manager_has_them(string settings, string sidecar, string? gateway = null)
    {
        var mesh = Read(settings);
        Assert.All(Managers("sidecar", mesh), manager => Assert.Equal(sidecar, Told(manager)));
        Assert.All(Managers("gateway", mesh), manager => Assert.Equal(gateway ?? sidecar, Told(manager)));
    }

    /// <summary>They go before <c>pathNormalization</c>, and only where they say something.</summary>
    [Theory]
    [InlineData("", "True UnescapeAndForward")]
    [InlineData("httpMergeSlashes: false", "False UnescapeAndForward")]
    [InlineData("httpPathWithEscapedSlashesAction: KEEP_UNCHANGED", "True KeepUnchanged")]
    [InlineData("httpPathWithEscapedSlashesAction: PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED", "True UnescapeAndForward")]
    public void They_go_before_path_normalization(string settings, string expected)
    {
        var mesh = Read(settings, "pathNormalization: {normalization: DECODE_AND_MERGE_SLASHES}");
        Assert.All(
            Managers("gateway", mesh),
            manager => Assert.Equal(expected, $"{manager.MergeSlashes} {manager.PathWithEscapedSlashesAction}")
        );
    }

    [Theory]
    [InlineData("listenerPerConnectionBufferLimitBytes: 32768", Severity.Warning, "LT0502")]
    [InlineData("clusterPerConnectionBufferLimitBytes: 32768", Severity.Warning, "LT0502")]
    [InlineData("listenerConnectionLimit: 9", Severity.Warning, "LT0502")]
    [InlineData("globalDownstreamConnectionLimit: 9", Severity.Warning, "LT0502")]
    [InlineData("httpIdleTimeuot: 9s", Severity.Warning, "LT0110")]
    [InlineData("httpIdleTimeout: -1s", Severity.Error, "LT0106")]
    [InlineData("httpDrainTimeout: soon", Severity.Error, "LT0106")]
    [InlineData("httpMaxConcurrentStreams: 0", Severity.Error, "LT0202")]
    [InlineData("http2InitialStreamWindowSize: 65534", Severity.Error, "LT0202")]
    [InlineData("http2InitialConnectionWindowSize: 2147483648", Severity.Error, "LT0202")]
    [InlineData("httpHeadersWithUnderscoresAction: ALLOW", Severity.Error, "LT0106")]
    public void What_is_wrong_or_not_in_force_is_told_at_the_field(string settings, Severity severity, string code)
    {
        var (_, problems) = MeshConfigReader.Read("mesh.yaml", Text(settings));
        var problem = Assert.Single(problems);
        Assert.Equal((severity, code), (problem.Severity, problem.Code));
        Assert.Equal($"defaultConfig.connectionSettings.{settings[..settings.IndexOf(':')]}", problem.Field);
    }

    [Fact]
    public void The_rest_of_the_proxies_defaults_is_not_in_force()
    {
        var (_, problems) = MeshConfigReader.Read(
            "mesh.yaml",
            "defaultConfig: {concurrency: 2, connection_settings: {httpIdleTimeout: 1s}, tracing: {sampling: 1}}"
        );
        Assert.Equal(
            ["LT0502 defaultConfig.concurrency", "LT0502 defaultConfig.tracing"],
            problems.Select(static problem => $"{problem.Code} {problem.Field}")
        );
    }

    private static MeshConfig Read(string settings, string more = "")
    {
        var (mesh, problems) = MeshConfigReader.Read("mesh.yaml", $"{more}\n{Text(settings)}");
        Assert.Empty(problems);
        return mesh!;
    }

    private static string Text(string settings) =>
        settings.Length == 0
            ? ""
            : $"defaultConfig:\n  connectionSettings:\n    {settings.Replace("\n", "\n    ", StringComparison.Ordinal)}";

    private static HttpConnectionManager[] Managers(string golden, MeshConfig mesh)
    {
        var files = new GoldenFiles(golden);
        var managers = ConnectionManagersOf
            .Listeners(new MeshFixture(mesh, files.Input).Translate(files.Proxy))
            .ToArray();
        Assert.NotEmpty(managers);
        return managers;
    }

    /// <summary>What is set, in one line.</summary>
    private static string Told(HttpConnectionManager manager)
    {
        var common = manager.CommonHttpProtocolOptions;
        var http2 = manager.Http2ProtocolOptions;
        List<string> parts = [];
        Add("idle", common?.IdleTimeout);
        Add("connection", common?.MaxConnectionDuration);
        Add("stream", common?.MaxStreamDuration);
        Add("streamIdle", manager.StreamIdleTimeout);
        Add("request", manager.RequestTimeout);
        Add("headers", manager.RequestHeadersTimeout);
        Add("drain", manager.DrainTimeout);
        if (http2?.MaxConcurrentStreams is { } streams)
            parts.Add($"streams {streams}");
        if (http2?.InitialStreamWindowSize is not null || http2?.InitialConnectionWindowSize is not null)
            parts.Add($"window {http2.InitialStreamWindowSize}/{http2.InitialConnectionWindowSize}");
        if (common is not null && common.HeadersWithUnderscoresAction != default)
            parts.Add($"underscores {common.HeadersWithUnderscoresAction}");
        var slashes = $"{manager.MergeSlashes} {manager.PathWithEscapedSlashesAction}";
        if (slashes != "False KeepUnchanged")
            parts.Add($"slashes {slashes}");
        return string.Join(", ", parts);

        void Add(string name, Duration? time)
        {
            if (time is not null)
                parts.Add($"{name} {time.ToTimeSpan().TotalSeconds}s");
        }
    }
}
