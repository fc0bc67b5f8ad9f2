// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// Chooses what a server shows by the client's SNI and abilities, as Envoy: exact name, then the wildcard for its parent,
/// then the first certificate. Of several kinds of keys for one name ECDSA is preferred where the client can check it. A
/// certificate that lacks the OCSP response which the policy asks for is passed over.
/// </summary>
internal sealed class CertificateSelector
{
    private readonly Dictionary<string, List<NativeCertificate>> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<NativeCertificate> _all;
    private readonly TlsOptions _options;
    private readonly HashSet<nint> _ciphers = [];

    /// <param name="context">OpenSSL's, with its cipher suites set.</param>
    public CertificateSelector(IReadOnlyList<NativeCertificate> certificates, TlsOptions options, nint context)
    {
        _all = certificates;
        _options = options;
        foreach (var certificate in certificates)
        {
            foreach (var name in NamesOf(certificate))
            {
                if (!_byName.TryGetValue(name, out var sameName))
                    _byName[name] = sameName = [];
                AddUnlessKindIsThere(sameName, certificate);
            }
            NeedsOcsp |= certificate.Staple is not null || certificate.MustStaple;
        }
        NeedsOcsp |= options.OcspPolicy == OcspStaplePolicy.MustStaple;
        var ciphers = OpenSsl.GetCiphers(context);
        for (var i = 0; i < LibCrypto.CountOf(ciphers); i++)
            _ciphers.Add(LibCrypto.ItemOf(ciphers, i));
    }

    /// <summary>False when every client gets the same certificate.</summary>
    public bool IsNeeded => _all.Count > 1 || NeedsOcsp;

    /// <summary>Whether there are OCSP responses to show, or to miss.</summary>
    public bool NeedsOcsp { get; }

    /// <summary>The certificate for a client; null where the policy on OCSP leaves none. Only while the client's hello is known.</summary>
    public NativeCertificate? Select(nint ssl, string serverName)
    {
        var search = new Search(this, ClientAbilities.Of(ssl, _ciphers.Contains));
        if (serverName.Length > 0)
        {
            if (_byName.TryGetValue(serverName, out var exact) && search.Look(exact) is { } found)
                return found;
            if (WildcardOf(serverName) is { } wildcard && search.Look(wildcard) is { } covering)
                return covering;
        }
        if (serverName.Length == 0 || _options.ScansAllOnNameMismatch)
        {
            if (search.Look(_all) is { } able)
                return able;
        }
        // Nothing fits: the first is tried, and the handshake says what is missing.
        return search.IsRefused(_all[0]) ? null : _all[0];
    }

    /// <summary>What a client was shown when its session began, as far as its name tells: a resumption says nothing of abilities.</summary>
    public NativeCertificate SelectByName(string serverName)
    {
        if (serverName.Length == 0)
            return _all[0];
        if (_byName.TryGetValue(serverName, out var exact))
            return exact[0];
        return WildcardOf(serverName)?[0] ?? _all[0];
    }

    /// <summary>What becomes of a client's wish for an OCSP response about a certificate.</summary>
    public OcspOutcome OutcomeFor(NativeCertificate certificate)
    {
        // OpenSSL goes by the system's clock too.
        var isGood = certificate.Staple?.IsValidAt(TimeProvider.System.GetUtcNow()) == true;
        if (isGood)
            return OcspOutcome.Stapled;
        var policy = certificate.MustStaple ? OcspStaplePolicy.MustStaple : _options.OcspPolicy;
        var isRefused =
            policy == OcspStaplePolicy.MustStaple
            || (policy == OcspStaplePolicy.StrictStapling && certificate.Staple is not null);
        return isRefused ? OcspOutcome.Failed : OcspOutcome.Omitted;
    }

    private List<NativeCertificate>? WildcardOf(string serverName)
    {
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? _byName.GetValueOrDefault($"*{serverName.AsSpan(dot)}") : null;
    }

    /// <summary>DNS names, or the common name where there are no alternative names at all (RFC 6125 §6.4.4, as Envoy).</summary>
    private static IReadOnlyList<string> NamesOf(NativeCertificate certificate) =>
        certificate.Description is not { } description ? []
        : description.HasAlternativeNames ? description.DnsNames
        : description.CommonName is { } name ? [name]
        : [];

    private static void AddUnlessKindIsThere(List<NativeCertificate> list, NativeCertificate certificate)
    {
        foreach (var other in list)
        {
            if (other.KeyKind == certificate.KeyKind)
                return;
        }
        list.Add(certificate);
    }

    /// <summary>One client's search through certificates that would do by their names.</summary>
    private readonly struct Search(CertificateSelector selector, ClientAbilities client)
    {
        public bool IsRefused(NativeCertificate certificate) =>
            client.AsksForStaple && selector.OutcomeFor(certificate) == OcspOutcome.Failed;

        /// <summary>The best of those the client can check: with ECDSA, else the first with RSA.</summary>
        public NativeCertificate? Look(IReadOnlyList<NativeCertificate> certificates)
        {
            NativeCertificate? candidate = null;
            for (var i = 0; i < certificates.Count; i++)
            {
                var certificate = certificates[i];
                if (IsRefused(certificate))
                    continue;
                if (certificate.IsEcdsa ? client.HasCurve(certificate.Curve) : !client.HasEcdsa)
                    return certificate;
                if (!certificate.IsEcdsa)
                    candidate ??= certificate;
            }
            return candidate;
        }
    }
}
