// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Networking;

/// <summary>TLS towards a service.</summary>
public sealed record ClientTls
{
    /// <summary>DISABLE by default.</summary>
    public ClientTlsMode Mode { get; init; }

    /// <summary>File with the client's certificate chain; for MUTUAL.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>File with the client's key; for MUTUAL.</summary>
    public string PrivateKey { get; init; } = "";

    /// <summary>File with the authorities that the server's certificate must be of; the system's when empty.</summary>
    public string CaCertificates { get; init; } = "";

    /// <summary>Secret with key, certificate and authorities, instead of the files; for gateways.</summary>
    public string CredentialName { get; init; } = "";

    /// <summary>Names of which the server's certificate must have one.</summary>
    public IReadOnlyList<string> SubjectAltNames { get; init; } = [];

    /// <summary>Server name that is sent.</summary>
    public string Sni { get; init; } = "";

    /// <summary>Takes any certificate.</summary>
    public bool? InsecureSkipVerify { get; init; }

    /// <summary>File with revoked certificates.</summary>
    public string CaCrl { get; init; } = "";
}

/// <summary>Kind of TLS towards a service.</summary>
public enum ClientTlsMode : byte
{
    /// <summary>None.</summary>
    Disable,

    /// <summary>The server shows a certificate.</summary>
    Simple,

    /// <summary>Both do, of files or a secret.</summary>
    Mutual,

    /// <summary>Both do, of the mesh.</summary>
    IstioMutual,
}
