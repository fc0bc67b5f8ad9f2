// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Net.Tls;
using Lateen.Telemetry;

namespace Lateen.Proxy.Stats;

/// <summary>Numbers of the handshakes of one listener or cluster (Envoy <c>…ssl.*</c>).</summary>
public sealed class TlsStats(string kind, string labelName, string name, int workers)
{
    private static readonly StatDefinition[] s_definitions =
    [
        new("ssl.connection_error"),
        new("ssl.handshake"),
        new("ssl.session_reused"),
        new("ssl.no_certificate"),
        new("ssl.fail_verify_no_cert"),
        new("ssl.fail_verify_error"),
        new("ssl.fail_verify_san"),
        new("ssl.fail_verify_cert_hash"),
    ];

    private readonly StatScope _scope = new(new StatTable(kind, labelName, s_definitions), name, workers);
    private readonly ConcurrentDictionary<string, WorkerCells> _versions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WorkerCells> _ciphers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WorkerCells> _curves = new(StringComparer.Ordinal);
    private long _contextUpdates;

    /// <summary>Cells, in the order of the definitions.</summary>
    private enum Cell
    {
        ConnectionErrors,
        Handshakes,
        SessionsReused,
        NoCertificate,
        FailedNoCertificate,
        FailedVerification,
        FailedName,
        FailedPin,
    }

    public static TlsStats OfListener(string address, int workers) =>
        new("listener", "listener_address", address.Replace(':', '_'), workers);

    public static TlsStats OfCluster(string name, int workers) => new("cluster", "cluster_name", name, workers);

    public void OnEstablished(int worker, TlsConnection connection)
    {
        _scope.Cells.Increment(worker, (int)Cell.Handshakes);
        if (connection.IsResumed)
            _scope.Cells.Increment(worker, (int)Cell.SessionsReused);
        if (connection.Peer is null)
            _scope.Cells.Increment(worker, (int)Cell.NoCertificate);
        Count(_versions, connection.Version, worker);
        Count(_ciphers, connection.Cipher, worker);
        if (connection.Curve.Length > 0)
            Count(_curves, connection.Curve, worker);
    }

    public void OnFailed(int worker, TlsOutcome outcome)
    {
        if (outcome == TlsOutcome.Aborted)
            return; // we gave up ourselves, which is a timeout's number
        var cell = outcome switch
        {
            TlsOutcome.NoPeerCertificate => Cell.FailedNoCertificate,
            TlsOutcome.UntrustedPeer => Cell.FailedVerification,
            TlsOutcome.NameMismatch => Cell.FailedName,
            TlsOutcome.PinMismatch => Cell.FailedPin,
            _ => Cell.ConnectionErrors,
        };
        _scope.Cells.Increment(worker, (int)cell);
    }

    /// <summary>A context was built, of a new configuration or of new secrets.</summary>
    public void OnContextUpdated() => Interlocked.Increment(ref _contextUpdates);

    public void Collect(List<Sample> samples)
    {
        _scope.Collect(samples);
        _scope.Collect("ssl_context_update_by_sds", SampleKind.Counter, Interlocked.Read(ref _contextUpdates), samples);
        Collect("versions", "ssl_version", _versions, samples);
        Collect("ciphers", "ssl_cipher", _ciphers, samples);
        Collect("curves", "ssl_curve", _curves, samples);
    }

    private void Count(ConcurrentDictionary<string, WorkerCells> counts, string key, int worker)
    {
        if (!counts.TryGetValue(key, out var cells))
            cells = counts.GetOrAdd(key, new WorkerCells(workers, 1));
        cells.Increment(worker, 0);
    }

    private void Collect(
        string part,
        string label,
        ConcurrentDictionary<string, WorkerCells> counts,
        List<Sample> samples
    )
    {
        foreach (var (key, cells) in counts)
        {
            var definition = new StatDefinition(
                $"ssl.{part}.{key}",
                SampleKind.Counter,
                $"ssl.{part}",
                Labels.Of(label, key)
            );
            _scope.Collect(definition, cells.Sum(0), samples);
        }
    }
}
