// SPDX-License-Identifier: Apache-2.0
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>What listeners of one <c>stat_prefix</c> saw of the PROXY protocol (Envoy <c>proxy_proto.*</c>).</summary>
public sealed class ProxyProtocolStats(string prefix, int workers)
{
    private static readonly StatTable s_table = new(
        "proxy_proto",
        "proxy_protocol_prefix",
        new StatDefinition("not_found_allowed"),
        new StatDefinition("not_found_disallowed"),
        OfVersion(1, "found"),
        OfVersion(1, "disallowed"),
        OfVersion(1, "error"),
        OfVersion(2, "found"),
        OfVersion(2, "disallowed"),
        OfVersion(2, "error")
    );

    private readonly StatScope _scope = new(s_table, prefix, workers);

    /// <summary>Cells, in the order of the table; those of a version follow each other.</summary>
    private enum Cell
    {
        NotFoundAllowed,
        NotFoundDisallowed,
        Found,
        Disallowed,
        Error,
    }

    private const int CellsOfVersion = 3;

    public void OnNotFound(int worker, bool isAllowed) =>
        _scope.Cells.Increment(worker, (int)(isAllowed ? Cell.NotFoundAllowed : Cell.NotFoundDisallowed));

    public void OnFound(int worker, int version) => Count(worker, Cell.Found, version);

    public void OnDisallowed(int worker, int version) => Count(worker, Cell.Disallowed, version);

    public void OnError(int worker, int version) => Count(worker, Cell.Error, version);

    public void Collect(List<Sample> samples) => _scope.Collect(samples);

    private static StatDefinition OfVersion(int version, string what) =>
        new(
            $"versions.v{version}.{what}",
            SampleKind.Counter,
            $"versions.{what}",
            Labels.Of("proxy_protocol_version", $"{version}")
        );

    private void Count(int worker, Cell cell, int version) =>
        _scope.Cells.Increment(worker, (int)cell + ((version - 1) * CellsOfVersion));
}
