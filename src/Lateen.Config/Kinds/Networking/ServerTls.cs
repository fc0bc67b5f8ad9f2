// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>TLS of a gateway's clients.</summary>
public sealed record ServerTls
{
    /// <summary>Sends HTTP requests to HTTPS, by 301.</summary>
    public bool HttpsRedirect { get; init; }

    /// <summary>PASSTHROUGH by default.</summary>
    public ServerTlsMode Mode { get; init; }

    /// <summary>File with the certificate chain.</summary>
    public string ServerCertificate { get; init; } = "";

    /// <summary>File with the key.</summary>
    public string PrivateKey { get; init; } = "";

    /// <summary>File with the authorities of clients' certificates.</summary>
    public string CaCertificates { get; init; } = "";

    /// <summary>File with revoked certificates.</summary>
    public string CaCrl { get; init; } = "";

    /// <summary>Secret with key and certificate, instead of the files.</summary>
    public string CredentialName { get; init; } = "";

    /// <summary>Several secrets, as one with RSA and one with ECDSA.</summary>
    public IReadOnlyList<string> CredentialNames { get; init; } = [];

    /// <summary>Secret or ConfigMap with the authorities of clients' certificates.</summary>
    public string CaCertCredentialName { get; init; } = "";

    /// <summary>Several certificates of files.</summary>
    public IReadOnlyList<TlsCertificateFiles> TlsCertificates { get; init; } = [];

    /// <summary>Names of which a client's certificate must have one.</summary>
    public IReadOnlyList<string> SubjectAltNames { get; init; } = [];

    /// <summary>SHA-256 hashes, in base64, of public keys that clients may have.</summary>
    public IReadOnlyList<string> VerifyCertificateSpki { get; init; } = [];

    /// <summary>SHA-256 hashes, in hexadecimal, of certificates that clients may have.</summary>
    public IReadOnlyList<string> VerifyCertificateHash { get; init; } = [];

    /// <summary>TLSV1_2 by default.</summary>
    public TlsProtocol MinProtocolVersion { get; init; }

    /// <summary>TLSV1_3 by default.</summary>
    public TlsProtocol MaxProtocolVersion { get; init; }

    /// <summary>For TLS up to 1.2; Istio's list when empty.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>Curves for the key exchange; Istio's list when empty.</summary>
    public IReadOnlyList<string> EcdhCurves { get; init; } = [];

    /// <summary>Takes any client certificate.</summary>
    public bool? InsecureSkipVerify { get; init; }
}

/// <summary>A certificate of files.</summary>
public sealed record TlsCertificateFiles
{
    /// <summary>File with the certificate chain.</summary>
    public string ServerCertificate { get; init; } = "";

    /// <summary>File with the key.</summary>
    public string PrivateKey { get; init; } = "";

    /// <summary>File with authorities.</summary>
    public string CaCertificates { get; init; } = "";
}

/// <summary>What a gateway does with TLS.</summary>
public enum ServerTlsMode : byte
{
    /// <summary>Passes it on by server name, as a VirtualService's tls rules say.</summary>
    Passthrough,

    /// <summary>Ends it; the server shows a certificate.</summary>
    Simple,

    /// <summary>Ends it; both show a certificate.</summary>
    Mutual,

    /// <summary>Passes it on by server name, to the service that the name stands for.</summary>
    AutoPassthrough,

    /// <summary>Ends it; both show a certificate of the mesh.</summary>
    IstioMutual,

    /// <summary>Ends it; the client may show a certificate.</summary>
    OptionalMutual,
}

/// <summary>Versions of TLS.</summary>
public enum TlsProtocol : byte
{
    /// <summary>The default.</summary>
    [Word("TLS_AUTO")]
    Auto,

    /// <summary>1.0.</summary>
    [Word("TLSV1_0")]
    Tls10,

    /// <summary>1.1.</summary>
    [Word("TLSV1_1")]
    Tls11,

    /// <summary>1.2.</summary>
    [Word("TLSV1_2")]
    Tls12,

    /// <summary>1.3.</summary>
    [Word("TLSV1_3")]
    Tls13,
}
