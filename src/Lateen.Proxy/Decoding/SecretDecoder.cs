// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;
using Lateen.Proxy.TransportSockets;
using Api = Envoy.Extensions.TransportSockets.Tls.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Secrets → <see cref="SecretSpec"/>, tried before they replace what is in force.</summary>
internal static class SecretDecoder
{
    public static SecretSpec Decode(Api.Secret secret, DecodeContext context)
    {
        var decoded = DecodeAt(secret, "", context);
        return decoded with { Local = LocalSecretDecoder.For(secret, decoded, context) };
    }

    /// <param name="path">Where it stands when it is no resource of its own; empty where it is one.</param>
    public static SecretSpec DecodeAt(Api.Secret secret, string path, DecodeContext context)
    {
        switch (secret.TypeCase)
        {
            case Api.Secret.TypeOneofCase.TlsCertificate:
                var certificate = TlsContextDecoder.Certificate(
                    secret.TlsCertificate,
                    Or(path, "tls_certificate"),
                    context
                );
                var shown = new TlsOptions { Role = TlsRole.Client, Certificates = [certificate] };
                if (!context.HasProblems)
                    TransportSocketDecoder.Try(shown, Or(path, "tls_certificate"), context);
                return new SecretSpec { Certificate = certificate, Expiration = ExpirationOf(certificate.Chain) };
            case Api.Secret.TypeOneofCase.ValidationContext:
                var validation = PeerValidationDecoder.Decode(
                    secret.ValidationContext,
                    Or(path, "validation_context"),
                    context
                );
                if (!context.HasProblems)
                    TransportSocketDecoder.Try(
                        new TlsOptions { Role = TlsRole.Client, Validation = validation },
                        Or(path, "validation_context"),
                        context
                    );
                return new SecretSpec { Validation = validation, Expiration = ExpirationOf(validation.TrustedRoots) };
            case Api.Secret.TypeOneofCase.SessionTicketKeys:
                return new SecretSpec
                {
                    TicketKeys = TlsContextDecoder.TicketKeys(secret.SessionTicketKeys, "session_ticket_keys", context),
                };
            default:
                context.Add(
                    "type",
                    $"is {secret.TypeCase}; give tls_certificate, validation_context or session_ticket_keys"
                );
                return new SecretSpec();
        }
    }

    private static string Or(string path, string field) => path.Length == 0 ? field : path;

    /// <summary>Of the first certificate in PEM; null where there is none.</summary>
    private static DateTimeOffset? ExpirationOf(ReadOnlyMemory<byte> pem) => PeerCertificate.FirstOf(pem)?.NotAfter;
}
