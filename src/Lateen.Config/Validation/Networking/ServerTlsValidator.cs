// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>TLS of gateways' clients.</summary>
internal static class ServerTlsValidator
{
    /// <param name="isTls">Whether the port's protocol is one over TLS.</param>
    public static void Check(ServerTls tls, bool isTls, string protocol, FieldPath at, ValidationScope scope)
    {
        if (!isTls)
        {
            CheckPlain(tls, protocol, at, scope);
            return;
        }
        if (tls.HttpsRedirect)
            scope.NoEffect(
                at["httpsRedirect"],
                "sends plain HTTP to HTTPS, and the port is TLS already",
                "move it to the server of port 80"
            );
        CheckCertificates(tls, at, scope);
        CheckVersions(tls, at, scope);
        CipherSuites.Check(tls.CipherSuites, at["cipherSuites"], scope);
        Names.CheckUnique(tls.EcdhCurves, at["ecdhCurves"], "curve", scope);
    }

    private static void CheckPlain(ServerTls tls, string protocol, FieldPath at, ValidationScope scope)
    {
        var isRedirect = tls.HttpsRedirect && protocol is "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB";
        if (!isRedirect || HasCertificate(tls) || tls.CaCertificates.Length > 0)
            scope.Add(
                ProblemCatalogue.BadTls,
                at,
                $"stands beside {protocol}, which is not TLS",
                "make the protocol HTTPS or TLS; a port of HTTP can only have httpsRedirect"
            );
    }

    private static void CheckCertificates(ServerTls tls, FieldPath at, ValidationScope scope)
    {
        var isEnded = tls.Mode is ServerTlsMode.Simple or ServerTlsMode.Mutual or ServerTlsMode.OptionalMutual;
        if (!isEnded)
        {
            if (tls.Mode == ServerTlsMode.IstioMutual && HasCertificate(tls))
                scope.Add(
                    ProblemCatalogue.BadTls,
                    at["mode"],
                    "is ISTIO_MUTUAL, for which the mesh makes the certificate, and one is named",
                    "use MUTUAL, or remove the certificate"
                );
            else if (HasCertificate(tls))
                scope.NoEffect(
                    at["mode"],
                    "needs no certificate, and one is named",
                    "use SIMPLE or MUTUAL, or remove the certificate"
                );
            return;
        }
        CheckSources(tls, at, scope);
        var hasClientAuthority = tls.CaCertificates.Length > 0 || tls.CaCertCredentialName.Length > 0 || HasSecret(tls);
        if (tls.Mode == ServerTlsMode.Mutual && !hasClientAuthority)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["caCertificates"],
                "is required for MUTUAL: clients' certificates must be of somebody",
                "name the file, or use credentialName"
            );
    }

    private static void CheckSources(ServerTls tls, FieldPath at, ValidationScope scope)
    {
        if (tls.CredentialName.Length > 0 && tls.CredentialNames.Count > 0)
            scope.Exclusive(at["credentialName"], "stands beside credentialNames", "move it into credentialNames");
        if (HasSecret(tls) || tls.TlsCertificates.Count > 0)
            return;
        if (tls.ServerCertificate.Length == 0)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["serverCertificate"],
                $"is required for {tls.Mode.ToString().ToUpperInvariant()}",
                "name the file, or use credentialName"
            );
        if (tls.PrivateKey.Length == 0)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["privateKey"],
                $"is required for {tls.Mode.ToString().ToUpperInvariant()}",
                "name the file, or use credentialName"
            );
    }

    private static void CheckVersions(ServerTls tls, FieldPath at, ValidationScope scope)
    {
        if (
            tls.MinProtocolVersion != TlsProtocol.Auto
            && tls.MaxProtocolVersion != TlsProtocol.Auto
            && tls.MinProtocolVersion > tls.MaxProtocolVersion
        )
            scope.Add(
                ProblemCatalogue.BadTls,
                at["minProtocolVersion"],
                "is newer than maxProtocolVersion",
                "make it the same or older"
            );
        else if (tls.MinProtocolVersion is TlsProtocol.Tls10 or TlsProtocol.Tls11)
            scope.NoEffect(at["minProtocolVersion"], "is older than TLS 1.2, which is broken", "use TLSV1_2 or newer");
    }

    private static bool HasSecret(ServerTls tls) => tls.CredentialName.Length > 0 || tls.CredentialNames.Count > 0;

    private static bool HasCertificate(ServerTls tls) =>
        HasSecret(tls)
        || tls.ServerCertificate.Length > 0
        || tls.PrivateKey.Length > 0
        || tls.TlsCertificates.Count > 0;
}
