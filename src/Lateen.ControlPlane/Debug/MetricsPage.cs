// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Config.Kinds;
using Lateen.Discovery;

namespace Lateen.ControlPlane.Debug;

/// <summary>istiod's metrics, in Prometheus's text format.</summary>
internal sealed class MetricsPage(MeshState mesh, ProxyRegistry proxies, TimeProvider time)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly long _started = time.GetTimestamp();

    public string Write()
    {
        var text = new StringBuilder();
        Add(text, "pilot_xds", "gauge", proxies.Connections.Count);
        Add(text, "pilot_xds_pushes", "counter", proxies.Pushes);
        Add(text, "pilot_total_xds_rejects", "counter", proxies.Rejections);
        Add(text, "pilot_services", "gauge", mesh.Mesh.Services.Count);
        Add(text, "pilot_virt_services", "gauge", mesh.Config.Of<VirtualService>().Count());
        Add(text, "galley_validation_failed", "gauge", mesh.Config.Problems.Count);
        Add(text, "istiod_uptime_seconds", "gauge", (long)time.GetElapsedTime(_started).TotalSeconds);
        return text.ToString();
    }

    private static void Add(StringBuilder text, string name, string type, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n{name} {value}\n");
}
