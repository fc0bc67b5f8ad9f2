// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>Brings <see cref="TlsOptions"/> into an OpenSSL context.</summary>
internal static unsafe class TlsContextSetup
{
    /// <summary>112 bits: RSA of 2048 bits, no SHA-1, whatever the machine's openssl.cnf says.</summary>
    private const int SecurityLevel = 2;

    /// <summary>
    /// Those of TLS 1.3, which Envoy does not let one choose. In BoringSSL's order, AES-128 before AES-256, which OpenSSL has
    /// the other way round: with SHA-256 in the place of SHA-384 a handshake costs 5 % less.
    /// </summary>
    private const string Tls13Suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    /// <summary>BoringSSL's, in its order, and behind them Ed25519, which OpenSSL has too. OpenSSL's own list is of 26.</summary>
    private static readonly string[] s_signatureAlgorithms =
    [
        "ecdsa_secp256r1_sha256",
        "rsa_pss_rsae_sha256",
        "rsa_pkcs1_sha256",
        "ecdsa_secp384r1_sha384",
        "rsa_pss_rsae_sha384",
        "rsa_pkcs1_sha384",
        "ecdsa_secp521r1_sha512",
        "rsa_pss_rsae_sha512",
        "rsa_pkcs1_sha512",
        "ed25519",
    ];

    /// <summary>Sessions a server keeps for TLS 1.2 clients without tickets.</summary>
    private const int CachedSessions = 1024;

    public static void Apply(TlsContext context, List<NativeCertificate> certificates)
    {
        var options = context.Options;
        var native = context.Native;
        OpenSsl.SetSecurityLevel(native, SecurityLevel);
        const int Modes = OpenSslFlags.EnablePartialWrite | OpenSslFlags.AcceptMovingWriteBuffer;
        OpenSsl.ControlContext(native, OpenSslControl.Mode, Modes, 0);
        OpenSsl.ControlContext(native, OpenSslControl.SetReadAhead, 1, 0);
        SetVersions(native, options);
        SetCiphers(native, options);
        SetNames(native, OpenSslControl.SetGroups, options.Curves, ["X25519", "P-256"], "ecdh_curves");
        SetNames(
            native,
            OpenSslControl.SetSignatureAlgorithms,
            options.SignatureAlgorithms,
            s_signatureAlgorithms,
            "signature_algorithms"
        );
        if (TlsContext.ValidationOf(options) is { } validation)
            SetValidation(native, options, validation);
        if (options.Role == TlsRole.Server)
            SetServer(native, context, certificates);
        else
            SetClient(native, options, certificates);
        LibCrypto.ClearErrors();
    }

    private static void SetVersions(nint native, TlsOptions options)
    {
        var highest = options.MaxVersion ?? (options.Role == TlsRole.Server ? TlsVersion.Tls13 : TlsVersion.Tls12);
        if (options.MinVersion > highest)
            throw new TlsConfigurationException(
                $"tls_params: tls_minimum_protocol_version {options.MinVersion} is above the maximum {highest}"
            );
        OpenSsl.ControlContext(native, OpenSslControl.SetMinVersion, (nint)options.MinVersion, 0);
        OpenSsl.ControlContext(native, OpenSslControl.SetMaxVersion, (nint)highest, 0);
    }

    private static void SetCiphers(nint native, TlsOptions options)
    {
        _ = OpenSsl.SetCipherSuites(native, Tls13Suites);
        var ciphers = new List<string>();
        foreach (var cipher in options.Ciphers.Count > 0 ? options.Ciphers : TlsOptions.DefaultCiphers)
        {
            // BoringSSL's groups of equal preference, [A|B]: OpenSSL takes them in order.
            ciphers.AddRange(cipher.Trim('[', ']').Split('|', ':'));
        }
        foreach (var cipher in ciphers)
        {
            if (OpenSsl.SetCipherList(native, cipher) != 1)
                throw new TlsConfigurationException(
                    $"tls_params.cipher_suites: {cipher} is no cipher suite of TLS 1.2{Pem.Reason()}"
                );
        }
        if (OpenSsl.SetCipherList(native, string.Join(':', ciphers)) != 1)
            throw new TlsConfigurationException($"tls_params.cipher_suites: none can be used{Pem.Reason()}");
    }

    private static void SetNames(
        nint native,
        int command,
        IReadOnlyList<string> names,
        IReadOnlyList<string> unset,
        string field
    )
    {
        var chosen = names.Count > 0 ? names : unset;
        foreach (var name in chosen)
        {
            if (OpenSsl.ControlContext(native, command, 0, name) != 1)
                throw new TlsConfigurationException(
                    $"tls_params.{field}: {name} is not a name that is known here{Pem.Reason()}"
                );
        }
        if (chosen.Count > 0 && OpenSsl.ControlContext(native, command, 0, string.Join(':', chosen)) != 1)
            throw new TlsConfigurationException(
                $"tls_params.{field}: {string.Join(", ", chosen)} cannot be used together{Pem.Reason()}"
            );
    }

    private static void SetServer(nint native, TlsContext context, List<NativeCertificate> certificates)
    {
        var options = context.Options;
        var flags = OpenSslFlags.NoRenegotiation | OpenSslFlags.NoCompression | OpenSslFlags.IgnoreUnexpectedEof;
        if (!options.PrefersClientCiphers)
            flags |= OpenSslFlags.CipherServerPreference | OpenSslFlags.PrioritizeChaCha;
        OpenSsl.SetContextOptions(native, flags);
        if (certificates.Count == 0)
            throw new TlsConfigurationException("tls_certificates: is empty; a server needs a certificate");
        SetCertificates(native, context, certificates);
        if (options.ApplicationProtocols.Count > 0)
            OpenSsl.SetAlpnSelectCallback(native, &TlsCallbacks.OnAlpnOffered, 0);
        SetSessions(native, context, certificates);
    }

    private static void SetCertificates(nint native, TlsContext context, List<NativeCertificate> certificates)
    {
        foreach (var certificate in certificates)
        {
            var mustStaple = context.Options.OcspPolicy == OcspStaplePolicy.MustStaple || certificate.MustStaple;
            if (mustStaple && certificate.Staple is null)
                throw new TlsConfigurationException(
                    "ocsp_staple: is missing, and the certificate or ocsp_staple_policy asks for one"
                );
        }
        // Each is tried by OpenSSL; the first is what clients get when nothing decides for another.
        for (var i = certificates.Count - 1; i >= 0; i--)
            Use(native, certificates[i]);
        var selector = new CertificateSelector(certificates, context.Options, native);
        context.Selector = selector;
        if (selector.IsNeeded)
            OpenSsl.SetCertificateCallback(native, &TlsCallbacks.OnCertificateWanted, 0);
        if (selector.NeedsOcsp)
            OpenSsl.SetStatusCallback(native, OpenSslControl.SetStatusCallback, &TlsCallbacks.OnStatusWanted);
    }

    private static void SetSessions(nint native, TlsContext context, List<NativeCertificate> certificates)
    {
        var options = context.Options;
        if (!options.SessionTickets)
            OpenSsl.SetContextOptions(native, OpenSslFlags.NoTicket);
        else if (options.TicketKeys.Count > 0)
        {
            context.TicketKeys = new TicketKeys(options.TicketKeys);
            _ = OpenSsl.SetTicketKeyCallback(native, &TlsCallbacks.OnTicketKeyWanted);
        }
        fixed (byte* id = SessionScope.Compute(options, certificates))
            _ = OpenSsl.SetSessionIdContext(native, id, SHA256.HashSizeInBytes);
        var cache = options.SessionCache ? OpenSslFlags.SessionCacheServer : OpenSslFlags.SessionCacheOff;
        OpenSsl.ControlContext(native, OpenSslControl.SetSessionCacheMode, cache, 0);
        OpenSsl.ControlContext(native, OpenSslControl.SetSessionCacheSize, CachedSessions, 0);
        OpenSsl.SetSessionTimeout(native, (nint)options.SessionTimeout.TotalSeconds);
        // One ticket instead of OpenSSL's two: a client needs one for its next connection, and Envoy keeps one. Without
        // tickets TLS 1.3 resumes nothing, as with BoringSSL; the cache is for TLS 1.2.
        _ = OpenSsl.SetTicketCount(native, options.SessionTickets ? 1u : 0u);
    }

    private static void SetClient(nint native, TlsOptions options, List<NativeCertificate> certificates)
    {
        const ulong Flags =
            OpenSslFlags.NoRenegotiation | OpenSslFlags.NoCompression | OpenSslFlags.IgnoreUnexpectedEof;
        OpenSsl.SetContextOptions(native, Flags);
        foreach (var certificate in certificates)
            Use(native, certificate);
        if (options.MaxSessionKeys > 0)
        {
            OpenSsl.ControlContext(
                native,
                OpenSslControl.SetSessionCacheMode,
                OpenSslFlags.SessionCacheClientOutside,
                0
            );
            OpenSsl.SetNewSessionCallback(native, &TlsCallbacks.OnNewSession);
        }
    }

    private static void Use(nint native, NativeCertificate certificate)
    {
        if (OpenSsl.UseCertificate(native, certificate.Leaf, certificate.Key, certificate.Issuers, 1) != 1)
            throw new TlsConfigurationException($"tls_certificates: a certificate cannot be used{Pem.Reason()}");
    }

    private static void SetValidation(nint native, TlsOptions options, PeerValidation validation)
    {
        var mode = OpenSslFlags.VerifyPeer;
        if (RequiresCertificate(options, validation))
            mode |= OpenSslFlags.VerifyFailWithoutCertificate;
        OpenSsl.SetVerify(native, mode, 0);
        OpenSsl.SetCertificateVerifyCallback(native, &TlsCallbacks.OnVerifyPeer, 0);
        var store = OpenSsl.GetCertificateStore(native);
        var roots = Pem.ReadCertificates(validation.TrustedRoots.Span);
        if (roots.Count == 0 && !validation.TrustedRoots.IsEmpty)
            throw new TlsConfigurationException($"trusted_ca: holds no certificate in PEM{Pem.Reason()}");
        foreach (var root in roots)
        {
            _ = LibCrypto.AddCertificate(store, root);
            // What a server sends with its request for a certificate, so that a client with several picks the right one.
            if (options.Role == TlsRole.Server)
                _ = OpenSsl.AddClientAuthority(native, root);
            LibCrypto.FreeCertificate(root);
        }
        var flags = OpenSslFlags.PartialChain;
        if (validation.AllowExpired)
            flags |= OpenSslFlags.IgnoreTimes;
        if (AddRevocationLists(store, validation))
        {
            flags |= OpenSslFlags.CheckLeafRevocation;
            if (!validation.OnlyLeafRevocation)
                flags |= OpenSslFlags.CheckChainRevocation;
        }
        var parameters = OpenSsl.GetVerifyParameters(native);
        _ = LibCrypto.SetVerifyFlags(parameters, flags);
        // Envoy counts the trusted issuer, OpenSSL what is between it and the leaf.
        if (validation.MaxDepth is { } depth)
            LibCrypto.SetVerifyDepth(parameters, Math.Max(0, depth - 1));
    }

    /// <summary>As Envoy: whoever is asked for a name or a pin must show a certificate, unless nobody is turned away.</summary>
    private static bool RequiresCertificate(TlsOptions options, PeerValidation validation) =>
        options.RequireClientCertificate
        || validation.TrustDomains.Count > 0
        || ((validation.Names.Count > 0 || validation.HasPins) && !validation.AcceptUntrusted);

    /// <summary>Those of <c>crl</c>, and those that stand among the roots; false when there are none.</summary>
    private static bool AddRevocationLists(nint store, PeerValidation validation)
    {
        var lists = Pem.ReadRevocationLists(validation.RevocationLists.Span);
        if (lists.Count == 0 && !validation.RevocationLists.IsEmpty)
            throw new TlsConfigurationException($"crl: holds no revocation list in PEM{Pem.Reason()}");
        lists.AddRange(Pem.ReadRevocationLists(validation.TrustedRoots.Span));
        LibCrypto.ClearErrors();
        foreach (var list in lists)
        {
            _ = LibCrypto.AddRevocationList(store, list);
            LibCrypto.FreeRevocationList(list);
        }
        return lists.Count > 0;
    }
}
