// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>Credentials that a program knows. It is run again when they have run out, and when the server does not know us.</summary>
internal sealed class PluginCredentials(ExecPlugin plugin, TimeProvider time) : ClusterCredentials, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private Known? _known;

    /// <inheritdoc/>
    /// <remarks>It was run before there is a connection: each request asks for <see cref="AuthorizationAsync"/> first.</remarks>
    public override X509Certificate2? Certificate => Volatile.Read(ref _known)?.Certificate;

    public override async ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _known) is { } known && IsGood(known))
            return known.Authorization;
        await _gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (Volatile.Read(ref _known) is { } meanwhile && IsGood(meanwhile))
                return meanwhile.Authorization;
            var renewed = Read(await plugin.RunAsync(time, stop).ConfigureAwait(false));
            Volatile.Write(ref _known, renewed);
            return renewed.Authorization;
        }
        finally
        {
            _gate.Release();
        }
    }

    public override bool Renew(AuthenticationHeaderValue? used)
    {
        // Others may have found out before, and have run it already.
        if (Volatile.Read(ref _known) is { } known && Equals(known.Authorization, used))
            Interlocked.CompareExchange(ref _known, null, known);
        return true;
    }

    public void Dispose() => _gate.Dispose();

    private bool IsGood(Known known) => known.Until > time.GetUtcNow();

    private static Known Read(JsonObject status)
    {
        var until =
            status.Text("expirationTimestamp") is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : DateTimeOffset.MaxValue;
        try
        {
            return new Known(
                status.Text("token") is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null,
                status.Text("clientCertificateData") is { Length: > 0 } certificate
                    ? X509Certificate2.CreateFromPem(certificate, status.Text("clientKeyData"))
                    : null,
                until
            );
        }
        catch (CryptographicException failure)
        {
            throw new CredentialsException("exec: what it printed is no certificate with its key", failure);
        }
    }

    private sealed record Known(
        AuthenticationHeaderValue? Authorization,
        X509Certificate2? Certificate,
        DateTimeOffset Until
    );
}
