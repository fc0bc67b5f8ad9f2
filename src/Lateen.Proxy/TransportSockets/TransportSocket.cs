// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;
using Lateen.Proxy.Runtime;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.TransportSockets;

/// <summary>
/// A transport socket as connections use it. The object stays while its configuration does; what changes is the context,
/// exchanged as a whole when a secret does: new connections take the new one, old ones go on with theirs.
/// </summary>
public sealed class TransportSocket
{
    private readonly TlsStats? _stats;
    private SecretSpec[] _builtFrom = [];
    private TlsContext? _context;

    /// <param name="stats">Where handshakes count; needed for TLS.</param>
    public TransportSocket(TransportSocketSpec spec, TlsStats? stats = null)
    {
        Spec = spec;
        _stats = stats;
    }

    public static TransportSocket Plaintext { get; } = new(TransportSocketSpec.Plaintext);

    public TransportSocketSpec Spec { get; }

    public bool IsTls => Spec.Tls is not null;

    /// <summary>False while a secret is missing.</summary>
    public bool IsReady => !IsTls || Context is not null;

    /// <summary>
    /// Whether what uses it may be in force: it is ready, or what is missing is waited for no longer, so that handshakes fail until it comes.
    /// </summary>
    public bool MayServe(Func<SecretReference, FetchState> stateOf)
    {
        if (IsReady)
            return true;
        var (isAwaited, isGivenUp) = (false, false);
        foreach (var secret in Spec.Tls!.Secrets)
        {
            // Each is asked for, so that every clock runs.
            var state = stateOf(secret);
            isAwaited |= state == FetchState.Awaited;
            isGivenUp |= state == FetchState.GivenUp;
        }
        return isGivenUp && !isAwaited;
    }

    /// <summary>The context for new handshakes; null in plaintext and while a secret is missing. Any thread.</summary>
    public TlsContext? Context => Volatile.Read(ref _context);

    public TlsStats Stats => _stats ?? throw new InvalidOperationException("A plaintext socket has no handshakes.");

    /// <summary>
    /// Builds the context anew when the secrets it is made of are others now. Only the thread that applies configuration.
    /// </summary>
    /// <returns>Why that failed, the previous context staying in force; null when all is well.</returns>
    public string? Refresh(Func<SecretReference, SecretSpec?> secrets)
    {
        if (Spec.Tls is not { } tls || Gather(tls, secrets) is not { } needed)
            return null;
        if (_context is not null && needed.AsSpan().SequenceEqual(_builtFrom))
            return null;
        _builtFrom = needed;
        try
        {
            var context = TlsContext.Create(WithSecrets(tls, needed));
            Volatile.Write(ref _context, context);
            if (needed.Length > 0)
                _stats!.OnUpdatedBySecrets(tls, needed);
            return null;
        }
        catch (TlsConfigurationException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Names of the secrets it is made of that somebody sends.</summary>
    public void AddSecretNames(SortedSet<string> names, bool fromAds)
    {
        foreach (var secret in Spec.Tls?.Secrets ?? [])
        {
            if (secret is { Local: null, Server: null } && secret.IsFromAds == fromAds)
                names.Add(secret.Name);
        }
    }

    /// <summary>Secrets that servers of their own send.</summary>
    public void AddServed(HashSet<ServedSecret> secrets)
    {
        foreach (var secret in Spec.Tls?.Secrets ?? [])
        {
            if (secret.Server is { } server)
                secrets.Add(new ServedSecret(server, secret.Name));
        }
    }

    /// <summary>The secrets in the order of the references; null while one is missing.</summary>
    private static SecretSpec[]? Gather(TlsSocketSpec tls, Func<SecretReference, SecretSpec?> secrets)
    {
        var references = tls.Secrets;
        var found = new SecretSpec[references.Count];
        var isComplete = true;
        for (var i = 0; i < found.Length; i++)
        {
            // Each is asked for, also behind a missing one: those that nobody asks for are forgotten.
            if (secrets(references[i]) is { } secret)
                found[i] = secret;
            else
                isComplete = false;
        }
        return isComplete ? found : null;
    }

    private static TlsOptions WithSecrets(TlsSocketSpec tls, SecretSpec[] secrets)
    {
        var certificates = new List<TlsCertificate>(tls.Options.Certificates);
        var options = tls.Options;
        var references = tls.Secrets;
        for (var i = 0; i < secrets.Length; i++)
        {
            var name = references[i].Name;
            if (i < tls.CertificateSecrets.Count)
                certificates.Add(
                    secrets[i].Certificate ?? throw Wrong("tls_certificate_sds_secret_configs", name, "tls_certificate")
                );
            else if (ReferenceEquals(references[i], tls.ValidationSecret))
                options = options with
                {
                    Validation = Merge(
                        options.Validation,
                        secrets[i].Validation
                            ?? throw Wrong("validation_context_sds_secret_config", name, "validation_context")
                    ),
                };
            else
                options = options with
                {
                    TicketKeys =
                        secrets[i].TicketKeys
                        ?? throw Wrong("session_ticket_keys_sds_secret_config", name, "session_ticket_keys"),
                };
        }
        return options with { Certificates = certificates };
    }

    private static TlsConfigurationException Wrong(string field, string secret, string needed) =>
        new($"{field}: the secret {secret} is no {needed}");

    /// <summary>
    /// A combined context: what the secret has goes over the default, lists are joined, flags of either hold, as protobuf
    /// messages are merged.
    /// </summary>
    private static PeerValidation Merge(PeerValidation? basis, PeerValidation secret) =>
        basis is null
            ? secret
            : new PeerValidation
            {
                TrustedRoots = secret.TrustedRoots.IsEmpty ? basis.TrustedRoots : secret.TrustedRoots,
                TrustDomains = secret.TrustDomains.Count == 0 ? basis.TrustDomains : secret.TrustDomains,
                RevocationLists = secret.RevocationLists.IsEmpty ? basis.RevocationLists : secret.RevocationLists,
                OnlyLeafRevocation = basis.OnlyLeafRevocation || secret.OnlyLeafRevocation,
                Names = [.. basis.Names, .. secret.Names],
                CertificatePins = [.. basis.CertificatePins, .. secret.CertificatePins],
                KeyPins = [.. basis.KeyPins, .. secret.KeyPins],
                AllowExpired = basis.AllowExpired || secret.AllowExpired,
                AcceptUntrusted = basis.AcceptUntrusted || secret.AcceptUntrusted,
                MaxDepth = secret.MaxDepth ?? basis.MaxDepth,
            };
}
