// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// The bundles of several trust domains, kept apart: a chain is checked with the bundle of the domain that its leaf
/// claims, so that no domain can speak for another (Envoy <c>envoy.tls.cert_validator.spiffe</c>).
/// </summary>
internal sealed class SpiffeTrust : IDisposable
{
    private const string Scheme = "spiffe://";

    private readonly Dictionary<string, Bundle> _bundles = new(StringComparer.Ordinal);

    /// <exception cref="TlsConfigurationException">A bundle holds no certificate, or a domain stands there twice.</exception>
    public SpiffeTrust(IReadOnlyList<TrustDomain> domains)
    {
        foreach (var domain in domains)
        {
            if (_bundles.ContainsKey(domain.Name))
                throw Failure($"{domain.Name} stands there twice; give one bundle with the roots of both");
            _bundles[domain.Name] = new Bundle(domain);
            if (_bundles[domain.Name].Certificates.Count == 0)
                throw Failure($"the trust_bundle of {domain.Name} holds no certificate in PEM{Pem.Reason()}");
        }
    }

    /// <summary>Every root, for what a server tells clients about whom it trusts.</summary>
    public IEnumerable<nint> Certificates
    {
        get
        {
            foreach (var bundle in _bundles.Values)
            {
                foreach (var certificate in bundle.Certificates)
                    yield return certificate;
            }
        }
    }

    /// <summary>The trust domain of a SPIFFE id; null when it is none.</summary>
    public static string? DomainOf(string uri)
    {
        if (!uri.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        var end = uri.IndexOf('/', Scheme.Length);
        return end > Scheme.Length ? uri[Scheme.Length..end] : null;
    }

    /// <summary>Makes a check of a chain go by the bundle of the peer's trust domain; false when there is none.</summary>
    public bool TrySelect(nint storeContext, PeerCertificate peer)
    {
        if (peer.Uris is not [var id, ..] || DomainOf(id) is not { } domain)
            return false;
        if (!_bundles.TryGetValue(domain, out var bundle))
            return false;
        LibCrypto.SetTrusted(storeContext, bundle.CertificateStack);
        if (bundle.RevocationLists.Count == 0)
            return true;
        LibCrypto.SetRevocationLists(storeContext, bundle.RevocationListStack);
        const ulong Checks = OpenSslFlags.CheckLeafRevocation | OpenSslFlags.CheckChainRevocation;
        _ = LibCrypto.SetVerifyFlags(LibCrypto.VerifyParametersOf(storeContext), Checks);
        return true;
    }

    public void Dispose()
    {
        foreach (var bundle in _bundles.Values)
            bundle.Dispose();
        _bundles.Clear();
    }

    private TlsConfigurationException Failure(string problem)
    {
        Dispose();
        return new TlsConfigurationException($"custom_validator_config.trust_domains: {problem}");
    }

    /// <summary>One domain's roots as OpenSSL holds them.</summary>
    private sealed class Bundle : IDisposable
    {
        public Bundle(TrustDomain domain)
        {
            Certificates = Pem.ReadCertificates(domain.Bundle.Span);
            RevocationLists = Pem.ReadRevocationLists(domain.Bundle.Span);
            CertificateStack = Stack(Certificates);
            RevocationListStack = Stack(RevocationLists);
        }

        public List<nint> Certificates { get; }

        public List<nint> RevocationLists { get; }

        public nint CertificateStack { get; }

        public nint RevocationListStack { get; }

        public void Dispose()
        {
            LibCrypto.FreeStack(CertificateStack);
            LibCrypto.FreeStack(RevocationListStack);
            foreach (var certificate in Certificates)
                LibCrypto.FreeCertificate(certificate);
            foreach (var list in RevocationLists)
                LibCrypto.FreeRevocationList(list);
        }

        private static nint Stack(List<nint> items)
        {
            var stack = LibCrypto.NewStack();
            foreach (var item in items)
                _ = LibCrypto.Push(stack, item);
            return stack;
        }
    }
}
