// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Net.Tls;
using Lateen.Proxy.TransportSockets;
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
        new("ssl.client_certificate_presented"),
        new("ssl.fail_verify_no_cert"),
        new("ssl.fail_verify_error"),
        new("ssl.fail_verify_san"),
        new("ssl.fail_verify_cert_hash"),
        new("ssl.ocsp_staple_failed"),
        new("ssl.ocsp_staple_omitted"),
        new("ssl.ocsp_staple_responses"),
        new("ssl.ocsp_staple_requests"),
        new("ssl.was_key_usage_invalid"),
    ];

    private readonly bool _isServer = kind == "listener";
    private readonly StatScope _scope = new(new StatTable(kind, labelName, s_definitions), name, workers);
    private readonly ConcurrentDictionary<string, WorkerCells> _versions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WorkerCells> _ciphers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WorkerCells> _curves = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WorkerCells> _signatures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _expirations = new(StringComparer.Ordinal);
    private readonly WorkerCells _notReady = new(workers, 1);
    private long _contextUpdates;

    /// <summary>Cells, in the order of the definitions.</summary>
    private enum Cell
    {
        ConnectionErrors,
        Handshakes,
        SessionsReused,
        NoCertificate,
        CertificatePresented,
        FailedNoCertificate,
        FailedVerification,
        FailedName,
        FailedPin,
        StaplesFailed,
        StaplesOmitted,
        StaplesShown,
        StaplesRequested,
        WrongKeyUsage,
    }

    public static TlsStats OfListener(string address, int workers) =>
        new("listener", "listener_address", address.Replace(':', '_'), workers);

    public static TlsStats OfCluster(string name, int workers) => new("cluster", "cluster_name", name, workers);

    public void OnEstablished(int worker, TlsConnection connection)
    {
        Count(worker, Cell.Handshakes);
        if (connection.IsResumed)
            Count(worker, Cell.SessionsReused);
        Count(worker, connection.Peer is null ? Cell.NoCertificate : Cell.CertificatePresented);
        if (connection.Tolerated != TlsOutcome.Established)
            Count(worker, CellOf(connection.Tolerated));
        if (connection.HasWrongKeyUsage)
            Count(worker, Cell.WrongKeyUsage);
        if (connection.Ocsp != OcspOutcome.NotRequested)
        {
            Count(worker, Cell.StaplesRequested);
            Count(worker, connection.Ocsp == OcspOutcome.Stapled ? Cell.StaplesShown : Cell.StaplesOmitted);
        }
        Count(_versions, connection.Version, worker);
        Count(_ciphers, connection.Cipher, worker);
        Count(_curves, connection.Curve, worker);
        Count(_signatures, connection.Signature, worker);
    }

    public void OnFailed(int worker, TlsOutcome outcome)
    {
        if (outcome == TlsOutcome.Aborted)
            return; // we gave up ourselves, which is a timeout's number
        if (outcome == TlsOutcome.NoStaple)
        {
            Count(worker, Cell.StaplesRequested);
            Count(worker, Cell.StaplesFailed);
        }
        Count(worker, CellOf(outcome));
    }

    /// <summary>A connection came to a socket whose secrets are missing.</summary>
    public void OnNotReady(int worker) => _notReady.Increment(worker, 0);

    /// <summary>A context was built of new secrets.</summary>
    public void OnUpdatedBySecrets(TlsSocketSpec spec, IReadOnlyList<SecretSpec> secrets)
    {
        Interlocked.Increment(ref _contextUpdates);
        var references = spec.Secrets;
        for (var i = 0; i < secrets.Count; i++)
        {
            if (secrets[i].Expiration is { } expiration)
                _expirations[references[i].Name] = expiration.ToUnixTimeSeconds();
        }
    }

    /// <summary>Unix time in seconds at which the first certificate of a secret ends; null when there is none.</summary>
    public long? FirstExpiration
    {
        get
        {
            long? first = null;
            foreach (var (_, at) in _expirations)
                first = first is null || at < first ? at : first;
            return first;
        }
    }

    public void Collect(List<Sample> samples)
    {
        _scope.Collect(samples);
        var factory = _isServer ? "server_ssl_socket_factory" : "client_ssl_socket_factory";
        Collect($"{factory}.ssl_context_update_by_sds", Interlocked.Read(ref _contextUpdates), samples);
        var notReady = _isServer ? "downstream_context_secrets_not_ready" : "upstream_context_secrets_not_ready";
        Collect($"{factory}.{notReady}", _notReady.Sum(0), samples);
        Collect("versions", "ssl_version", _versions, samples);
        Collect("ciphers", "ssl_cipher", _ciphers, samples);
        Collect("curves", "ssl_curve", _curves, samples);
        Collect("sigalgs", "ssl_sigalg", _signatures, samples);
        foreach (var (certificate, at) in _expirations)
        {
            var definition = new StatDefinition(
                $"ssl.certificate.{certificate}.expiration_unix_time_in_seconds",
                SampleKind.Gauge,
                "ssl.certificate.expiration_unix_time_in_seconds",
                Labels.Of("tls_certificate", certificate)
            );
            _scope.Collect(definition, at, samples);
        }
    }

    private static Cell CellOf(TlsOutcome failure) =>
        failure switch
        {
            TlsOutcome.NoPeerCertificate => Cell.FailedNoCertificate,
            TlsOutcome.UntrustedPeer => Cell.FailedVerification,
            TlsOutcome.NameMismatch => Cell.FailedName,
            TlsOutcome.PinMismatch => Cell.FailedPin,
            _ => Cell.ConnectionErrors,
        };

    private void Count(int worker, Cell cell) => _scope.Cells.Increment(worker, (int)cell);

    /// <param name="key">Empty for nothing to count.</param>
    private void Count(ConcurrentDictionary<string, WorkerCells> counts, string key, int worker)
    {
        if (key.Length == 0)
            return;
        if (!counts.TryGetValue(key, out var cells))
            cells = counts.GetOrAdd(key, new WorkerCells(workers, 1));
        cells.Increment(worker, 0);
    }

    private void Collect(string stat, long value, List<Sample> samples) =>
        _scope.Collect(stat, SampleKind.Counter, value, samples);

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
