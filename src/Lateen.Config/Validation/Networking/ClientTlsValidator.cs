// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>TLS towards services.</summary>
internal static class ClientTlsValidator
{
    public static void Check(ClientTls tls, FieldPath at, ValidationScope scope)
    {
        var hasFiles = tls.ClientCertificate.Length > 0 || tls.PrivateKey.Length > 0;
        if (tls.CredentialName.Length > 0 && (hasFiles || tls.CaCertificates.Length > 0))
            scope.Add(
                ProblemCatalogue.BadTls,
                at["credentialName"],
                "stands beside files with certificates",
                "keep the secret or the files"
            );
        if (tls.Mode == ClientTlsMode.Mutual && tls.CredentialName.Length == 0)
            CheckFiles(tls, at, scope);
        if (tls.Mode == ClientTlsMode.IstioMutual && (hasFiles || tls.CredentialName.Length > 0))
            scope.Add(
                ProblemCatalogue.BadTls,
                at["mode"],
                "ISTIO_MUTUAL uses the mesh's own certificates, and others are named",
                "use MUTUAL, or remove them"
            );
        if (tls.InsecureSkipVerify == true)
            CheckSkipping(tls, at, scope);
        if (tls.Sni.Length > 0)
            Hosts.Check(tls.Sni, at["sni"], scope);
    }

    private static void CheckFiles(ClientTls tls, FieldPath at, ValidationScope scope)
    {
        if (tls.ClientCertificate.Length == 0)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["clientCertificate"],
                "is required for MUTUAL",
                "name the file, or use credentialName"
            );
        if (tls.PrivateKey.Length == 0)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["privateKey"],
                "is required for MUTUAL",
                "name the file, or use credentialName"
            );
    }

    private static void CheckSkipping(ClientTls tls, FieldPath at, ValidationScope scope)
    {
        var isChecked = tls.CaCertificates.Length > 0 || tls.SubjectAltNames.Count > 0;
        if (isChecked)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["insecureSkipVerify"],
                "takes any certificate, beside settings that say which one it must be",
                "remove it, or caCertificates and subjectAltNames"
            );
        else if (tls.Mode is ClientTlsMode.Disable or ClientTlsMode.IstioMutual)
            scope.Add(
                ProblemCatalogue.BadTls,
                at["insecureSkipVerify"],
                "is for SIMPLE and MUTUAL only",
                "remove it, or change the mode"
            );
    }
}
