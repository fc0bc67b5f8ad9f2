// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Config.Kinds.Networking;
using Lateen.Discovery;
using Lateen.Xds;

namespace Lateen.ControlPlane.Debug;

/// <summary>istiod's metrics, in Prometheus's text format.</summary>
internal sealed class MetricsPage(MeshState mesh, ProxyRegistry proxies, TimeProvider time)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>What istiod's metrics call the types.</summary>
    private static readonly Dictionary<string, string> s_shortNames = new(StringComparer.Ordinal)
    {
        [TypeUrls.Cluster] = "cds",
        [TypeUrls.Endpoints] = "eds",
        [TypeUrls.Listener] = "lds",
        [TypeUrls.Route] = "rds",
        [TypeUrls.Secret] = "sds",
    };

    private readonly long _started = time.GetTimestamp();

    public string Write()
    {
        var text = new StringBuilder();
        var metrics = proxies.Metrics;
        Head(text, "pilot_info", "gauge", "Version of the control plane.");
        Add(text, $"pilot_info{{version=\"{DebugPages.VersionText}\"}}", 1);
        Head(text, "pilot_xds", "gauge", "Proxies that are connected, by their version.");
        foreach (var version in proxies.Connections.CountBy(static connection => connection.Node!.Version))
            Add(text, $"pilot_xds{{version=\"{version.Key}\"}}", version.Value);
        ByType(text, "pilot_xds_pushes", "Responses sent, by type.", metrics.Pushes);
        ByType(text, "pilot_xds_rejects", "Responses that proxies refused, by type.", metrics.Rejections);
        Single(
            text,
            "pilot_total_xds_rejects",
            "counter",
            "Responses that proxies refused.",
            metrics.Rejections.Values.Sum()
        );
        Convergence(text, metrics);
        Single(text, "pilot_services", "gauge", "Services in the mesh.", mesh.Mesh.Services.Count);
        Single(
            text,
            "pilot_virt_services",
            "gauge",
            "VirtualServices in force.",
            mesh.Config.Of<VirtualService>().Count()
        );
        Single(text, "galley_validation_failed", "gauge", "Problems of the configuration.", mesh.Config.Problems.Count);
        Single(
            text,
            "lateen_config_revision",
            "gauge",
            "Revision of the configuration in force.",
            mesh.Config.Revision
        );
        Single(text, "lateen_mesh_failures_total", "counter", "Builds and translations that failed.", mesh.Failures);
        var uptime = (long)time.GetElapsedTime(_started).TotalSeconds;
        Single(text, "istiod_uptime_seconds", "gauge", "Time since the start.", uptime);
        return text.ToString();
    }

    private static void ByType(StringBuilder text, string name, string help, IReadOnlyDictionary<string, long> counts)
    {
        Head(text, name, "counter", help);
        foreach (var (type, count) in counts.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            Add(text, $"{name}{{type=\"{s_shortNames.GetValueOrDefault(type, type)}\"}}", count);
    }

    private static void Convergence(StringBuilder text, DiscoveryMetrics metrics)
    {
        const string Name = "pilot_proxy_convergence_time";
        Head(text, Name, "histogram", "Seconds from a change until a proxy has been sent all of it.");
        var (buckets, sum) = metrics.Convergence;
        var total = 0L;
        for (var i = 0; i < buckets.Count; i++)
        {
            total += buckets[i];
            var bound =
                i < DiscoveryMetrics.ConvergenceBounds.Count
                    ? DiscoveryMetrics.ConvergenceBounds[i].ToString(CultureInfo.InvariantCulture)
                    : "+Inf";
            Add(text, $"{Name}_bucket{{le=\"{bound}\"}}", total);
        }
        text.Append(CultureInfo.InvariantCulture, $"{Name}_sum {sum.TotalSeconds}\n");
        Add(text, $"{Name}_count", total);
    }

    private static void Single(StringBuilder text, string name, string type, string help, long value)
    {
        Head(text, name, type, help);
        Add(text, name, value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Add(StringBuilder text, string sample, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"{sample} {value}\n");
}
