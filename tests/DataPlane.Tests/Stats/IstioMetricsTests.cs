// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using DataPlane.Tests.Server;
using Lateen.Telemetry;

namespace DataPlane.Tests.Stats;

public sealed partial class IstioMetricsTests : IDisposable
{
    private const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"}}""";

    private readonly StatsFixture _stats = new();

    public void Dispose() => _stats.Dispose();

    [Fact]
    public void A_request_is_one_of_its_series_with_all_labels_in_istios_order()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        _stats.Cluster(upstream.Port);
        _stats.Ask(_stats.Proxy.Http(ToA), "POST / HTTP/1.1", "abc");
        var sample = Assert.Single(_stats.Samples(), static sample => sample.Family == "istio_requests_total");
        Assert.Equal(1, sample.Value);
        Assert.Equal(
            """
            reporter="source",source_workload="web-v1",source_canonical_service="web",source_canonical_revision="v1",
            source_workload_namespace="shop",source_principal="unknown",source_app="web",source_version="v1",source_cluster="Kubernetes",
            destination_workload="unknown",destination_workload_namespace="unknown",destination_principal="unknown",destination_app="unknown",
            destination_version="unknown",destination_service="reviews.shop.svc.cluster.local",destination_canonical_service="unknown",
            destination_canonical_revision="latest",destination_service_name="reviews",destination_service_namespace="shop",
            destination_cluster="unknown",request_protocol="http",response_code="200",grpc_response_status="",response_flags="-",
            connection_security_policy="unknown"
            """.Replace("\n", "", StringComparison.Ordinal),
            sample.Labels
        );
    }

    [Fact]
    public void Each_code_and_flag_is_a_series_of_its_own()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        _stats.Cluster(upstream.Port);
        var at = _stats.Proxy.Http("""{"match":{"path":"/a"},"route":{"cluster":"a"}}""");
        for (var i = 0; i < 3; i++)
            _stats.Ask(at, "GET /a HTTP/1.1");
        _stats.Ask(at, "GET /none HTTP/1.1");
        var counts = _stats
            .Samples()
            .Where(static sample => sample.Family == "istio_requests_total")
            .ToDictionary(static sample => CodeAndFlags().Match(sample.Labels).Value, static sample => sample.Value);
        Assert.Equal(2, counts.Count);
        Assert.Equal(3, counts["response_code=\"200\",grpc_response_status=\"\",response_flags=\"-\""]);
        Assert.Equal(1, counts["response_code=\"404\",grpc_response_status=\"\",response_flags=\"NR\""]);
    }

    [Fact]
    public void Sizes_and_durations_are_distributions()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        _stats.Cluster(upstream.Port);
        _stats.Ask(_stats.Proxy.Http(ToA), "POST / HTTP/1.1", "abc");
        var sums = _stats
            .Samples()
            .Where(static sample =>
                sample.Family.StartsWith("istio_", StringComparison.Ordinal) && sample.Distribution is not null
            )
            .ToDictionary(static sample => sample.Family, static sample => sample.Distribution!);
        Assert.Equal(
            ["istio_request_bytes", "istio_request_duration_milliseconds", "istio_response_bytes"],
            sums.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(sums.Values, static distribution => Assert.Equal(1, distribution.Count));
        Assert.Equal((3, 4), (sums["istio_request_bytes"].Sum, sums["istio_response_bytes"].Sum));
    }

    /// <summary>LATEEN_UPDATE_GOLDEN=1 writes the file anew; review reads the difference.</summary>
    [Fact]
    public void The_page_that_prometheus_scrapes()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        _stats.Cluster(upstream.Port);
        _stats.Ask(_stats.Proxy.Http(ToA), "POST / HTTP/1.1", "abc");
        // What depends on the clock or on the kernel's choice of ports is left out, and so is what never happened.
        var samples = _stats
            .Samples()
            .Where(static sample => sample.IsUsed && !Volatile().IsMatch(sample.Family))
            .OrderBy(static sample => sample.Labels, StringComparer.Ordinal);
        var actual = PrometheusText.Write(samples);
        var path = Golden();
        if (Environment.GetEnvironmentVariable("LATEEN_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    [Fact]
    public async Task Promtool_reads_the_page()
    {
        using var upstream = ScriptedServer.Always("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nahoy");
        _stats.Cluster(upstream.Port);
        _stats.Ask(_stats.Proxy.Http(ToA));
        var promtool = Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Select(static folder => Path.Combine(folder, "promtool"))
            .FirstOrDefault(File.Exists);
        if (promtool is null)
            Assert.Skip("promtool (Debian package prometheus) is not installed");
        using var check = Process.Start(
            new ProcessStartInfo(promtool, ["check", "metrics"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        var stop = TestContext.Current.CancellationToken;
        var said = check.StandardError.ReadToEndAsync(stop);
        await check.StandardInput.WriteAsync(PrometheusText.Write(_stats.Samples()).AsMemory(), stop);
        check.StandardInput.Close();
        await check.WaitForExitAsync(stop);
        // 3 is style alone, which is Envoy's: counters without _total, no help texts. 1 is a page it cannot read.
        Assert.True(check.ExitCode is 0 or 3, await said);
    }

    private static string Golden([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Golden", "prometheus.txt");

    [GeneratedRegex("response_code=.*response_flags=\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeAndFlags();

    [GeneratedRegex("_time$|_ms$|duration|^envoy_listener_", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Volatile();
}
