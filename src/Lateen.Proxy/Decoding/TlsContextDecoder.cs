// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;
using Lateen.Proxy.TransportSockets;
using Api = Envoy.Extensions.TransportSockets.Tls.V3;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>What TLS of both directions shares → <see cref="TlsSocketSpec"/>.</summary>
internal static class TlsContextDecoder
{
    public static TlsSocketSpec Decode(Api.CommonTlsContext? common, TlsRole role, string path, DecodeContext context)
    {
        common ??= new Api.CommonTlsContext();
        path = $"{path}.common_tls_context";
        RefuseUnserved(common, path, context);
        var certificates = new List<TlsCertificate>();
        for (var i = 0; i < common.TlsCertificates.Count; i++)
            certificates.Add(Certificate(common.TlsCertificates[i], $"{path}.tls_certificates[{i}]", context));
        var options = new TlsOptions
        {
            Role = role,
            Certificates = certificates,
            ApplicationProtocols = common.AlpnProtocols.ToArray(),
            Validation = Validation(common, path, context),
        };
        return new TlsSocketSpec(Parameters(common.TlsParams, options, $"{path}.tls_params", context))
        {
            // As in Envoy, certificates that stand inline are all there are.
            CertificateSecrets =
                certificates.Count > 0 ? [] : common.TlsCertificateSdsSecretConfigs.Select(Reference).ToArray(),
            ValidationSecret = ValidationSecret(common),
        };
    }

    /// <summary>A certificate with its key, of a resource or of a secret.</summary>
    public static TlsCertificate Certificate(Api.TlsCertificate certificate, string path, DecodeContext context)
    {
        if (certificate.Pkcs12 is not null)
            context.Add($"{path}.pkcs12", "is not served; give certificate_chain and private_key in PEM");
        if (certificate.PrivateKeyProvider is not null)
            context.Add($"{path}.private_key_provider", "is not served; give private_key in PEM");
        if (certificate.OcspStaple?.SpecifierCase == CoreApi.DataSource.SpecifierOneofCase.InlineString)
            context.Add($"{path}.ocsp_staple.inline_string", "cannot hold DER; give inline_bytes or filename");
        var password = context.Data(certificate.Password, $"{path}.password");
        return new TlsCertificate(
            context.Data(certificate.CertificateChain, $"{path}.certificate_chain"),
            context.Data(certificate.PrivateKey, $"{path}.private_key"),
            System.Text.Encoding.UTF8.GetString(password.Span)
        )
        {
            OcspStaple = context.Data(certificate.OcspStaple, $"{path}.ocsp_staple"),
        };
    }

    /// <summary>Keys of session tickets, of a resource or of a secret, tried here.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> TicketKeys(
        Api.TlsSessionTicketKeys keys,
        string path,
        DecodeContext context
    )
    {
        if (keys.Keys.Count == 0)
            context.Add($"{path}.keys", "is empty; give at least one");
        var read = new ReadOnlyMemory<byte>[keys.Keys.Count];
        for (var i = 0; i < read.Length; i++)
        {
            read[i] = context.Data(keys.Keys[i], $"{path}.keys[{i}]");
            if (!context.HasProblems && read[i].Length != TlsOptions.TicketKeyLength)
                context.Add(
                    $"{path}.keys[{i}]",
                    $"has {read[i].Length} bytes; give {TlsOptions.TicketKeyLength} random ones"
                );
        }
        return read;
    }

    private static PeerValidation? Validation(Api.CommonTlsContext common, string path, DecodeContext context) =>
        common.ValidationContextTypeCase switch
        {
            Api.CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext => PeerValidationDecoder.Decode(
                common.ValidationContext,
                $"{path}.validation_context",
                context
            ),
            Api.CommonTlsContext.ValidationContextTypeOneofCase.CombinedValidationContext
                when common.CombinedValidationContext.DefaultValidationContext is { } basis =>
                PeerValidationDecoder.Decode(
                    basis,
                    $"{path}.combined_validation_context.default_validation_context",
                    context
                ),
            _ => null,
        };

    private static SecretReference? ValidationSecret(Api.CommonTlsContext common) =>
        common.ValidationContextTypeCase switch
        {
            Api.CommonTlsContext.ValidationContextTypeOneofCase.ValidationContextSdsSecretConfig => Reference(
                common.ValidationContextSdsSecretConfig
            ),
            Api.CommonTlsContext.ValidationContextTypeOneofCase.CombinedValidationContext
                when common.CombinedValidationContext.ValidationContextSdsSecretConfig is { } secret => Reference(
                secret
            ),
            _ => null,
        };

    public static SecretReference Reference(Api.SdsSecretConfig secret) =>
        new(
            secret.Name,
            secret.SdsConfig?.ConfigSourceSpecifierCase == CoreApi.ConfigSource.ConfigSourceSpecifierOneofCase.Ads
        );

    private static TlsOptions Parameters(
        Api.TlsParameters? parameters,
        TlsOptions options,
        string path,
        DecodeContext context
    )
    {
        if (parameters?.CompliancePolicies.Count > 0)
            context.Add($"{path}.compliance_policies", "is not served; give cipher_suites and ecdh_curves");
        return parameters is null
            ? options
            : options with
            {
                MinVersion =
                    Version(parameters.TlsMinimumProtocolVersion, $"{path}.tls_minimum_protocol_version", context)
                    ?? TlsVersion.Tls12,
                MaxVersion = Version(
                    parameters.TlsMaximumProtocolVersion,
                    $"{path}.tls_maximum_protocol_version",
                    context
                ),
                Ciphers = parameters.CipherSuites.ToArray(),
                Curves = parameters.EcdhCurves.ToArray(),
                SignatureAlgorithms = parameters.SignatureAlgorithms.ToArray(),
            };
    }

    private static TlsVersion? Version(Api.TlsParameters.Types.TlsProtocol version, string path, DecodeContext context)
    {
        switch (version)
        {
            case Api.TlsParameters.Types.TlsProtocol.TlsAuto:
                return null;
            case Api.TlsParameters.Types.TlsProtocol.Tlsv12:
                return TlsVersion.Tls12;
            case Api.TlsParameters.Types.TlsProtocol.Tlsv13:
                return TlsVersion.Tls13;
            default:
                context.Add(path, $"is {version}; TLS 1.0 and 1.1 are not served (RFC 8996), give TLSv1_2 or TLSv1_3");
                return null;
        }
    }

    /// <summary>What would change who is trusted, or who is spoken for, and is not understood.</summary>
    private static void RefuseUnserved(Api.CommonTlsContext common, string path, DecodeContext context)
    {
        if (common.CustomHandshaker is not null)
            context.Add($"{path}.custom_handshaker", "is not served");
        if (common.CustomTlsCertificateSelector is not null)
            context.Add($"{path}.custom_tls_certificate_selector", "is not served; certificates are chosen by SNI");
        if (common.KeyLog is not null)
            context.Add(
                $"{path}.key_log",
                "would write the keys of connections to disk, which is not served; remove it"
            );
        if (common.TlsCertificateProviderInstance is not null)
            context.Add($"{path}.tls_certificate_provider_instance", "is for gRPC clients; give a secret by SDS");
    }
}
