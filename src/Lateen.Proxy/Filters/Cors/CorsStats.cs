// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Filters.Cors;

/// <summary>Numbers of the CORS filters behind one <c>stat_prefix</c> (Envoy <c>http.&lt;stat_prefix&gt;.cors.*</c>).</summary>
public sealed class CorsStats(string statPrefix, int workers)
{
    private static readonly StatTable s_table = new(
        "http",
        "http_conn_manager_prefix",
        new StatDefinition("cors.origin_valid"),
        new StatDefinition("cors.origin_invalid")
    );

    private readonly StatScope _scope = new(s_table, statPrefix, workers);

    public void OnOrigin(int worker, bool isAllowed) => _scope.Cells.Increment(worker, isAllowed ? 0 : 1);

    public void Collect(List<Sample> samples) => _scope.Collect(samples);
}
