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
        switch (secret.TypeCase)
        {
            case Api.Secret.TypeOneofCase.TlsCertificate:
                var certificate = TlsContextDecoder.Certificate(secret.TlsCertificate, "tls_certificate", context);
                var shown = new TlsOptions { Role = TlsRole.Client, Certificates = [certificate] };
                if (!context.HasProblems)
                    TransportSocketDecoder.Try(shown, "tls_certificate", context);
                return new SecretSpec(certificate, null);
            case Api.Secret.TypeOneofCase.ValidationContext:
                var validation = PeerValidationDecoder.Decode(secret.ValidationContext, "validation_context", context);
                if (!context.HasProblems)
                    TransportSocketDecoder.Try(
                        new TlsOptions { Role = TlsRole.Client, Validation = validation },
                        "validation_context",
                        context
                    );
                return new SecretSpec(null, validation);
            default:
                context.Add("type", $"is {secret.TypeCase}; give tls_certificate or validation_context");
                return new SecretSpec(null, null);
        }
    }
}
