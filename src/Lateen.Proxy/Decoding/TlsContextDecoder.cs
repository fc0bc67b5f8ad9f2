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
        var watched = new List<SecretReference>();
        var isWatched = common.TlsCertificates.Any(IsWatched);
        for (var i = 0; i < common.TlsCertificates.Count; i++)
        {
            var at = $"{path}.tls_certificates[{i}]";
            // All of them or none: the first is shown to whoever asks for no name.
            if (isWatched)
                watched.Add(LocalSecretDecoder.Inline(AsSecret(common.TlsCertificates[i]), at, context));
            else
                certificates.Add(Certificate(common.TlsCertificates[i], at, context));
        }
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
                certificates.Count > 0 ? []
                : isWatched ? watched
                : common
                    .TlsCertificateSdsSecretConfigs.Select(
                        (secret, i) => Reference(secret, $"{path}.tls_certificate_sds_secret_configs[{i}]", context)
                    )
                    .ToArray(),
            ValidationSecret = ValidationSecret(common, path, context),
        };
    }

    private static bool IsWatched(Api.TlsCertificate certificate) =>
        certificate.WatchedDirectory is not null
        || certificate.CertificateChain?.WatchedDirectory is not null
        || certificate.PrivateKey?.WatchedDirectory is not null;

    private static bool IsWatched(Api.CommonTlsContext common) =>
        common.ValidationContextTypeCase == Api.CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext
        && (
            common.ValidationContext.WatchedDirectory is not null
            || common.ValidationContext.TrustedCa?.WatchedDirectory is not null
            || common.ValidationContext.Crl?.WatchedDirectory is not null
        );

    /// <summary>Under the name that Istio would give it.</summary>
    private static Api.Secret AsSecret(Api.TlsCertificate certificate) =>
        new()
        {
            Name = $"file-cert:{certificate.CertificateChain?.Filename}~{certificate.PrivateKey?.Filename}",
            TlsCertificate = certificate,
        };

    /// <summary>A certificate with its key, of a resource or of a secret.</summary>
    public static TlsCertificate Certificate(Api.TlsCertificate certificate, string path, DecodeContext context)
    {
        if (certificate.Pkcs12 is not null)
            context.Add($"{path}.pkcs12", "is not served; give certificate_chain and private_key in PEM");
        if (certificate.PrivateKeyProvider is not null)
            context.Add($"{path}.private_key_provider", "is not served; give private_key in PEM");
        if (certificate.OcspStaple?.SpecifierCase == CoreApi.DataSource.SpecifierOneofCase.InlineString)
            context.Add($"{path}.ocsp_staple.inline_string", "cannot hold DER; give inline_bytes or filename");
        var watched = context.Watched(certificate.WatchedDirectory, $"{path}.watched_directory");
        var password = context.Data(certificate.Password, $"{path}.password", watched);
        return new TlsCertificate(
            context.Data(certificate.CertificateChain, $"{path}.certificate_chain", watched),
            context.Data(certificate.PrivateKey, $"{path}.private_key", watched),
            System.Text.Encoding.UTF8.GetString(password.Span)
        )
        {
            OcspStaple = context.Data(certificate.OcspStaple, $"{path}.ocsp_staple", watched),
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
            Api.CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext when !IsWatched(common) =>
                PeerValidationDecoder.Decode(common.ValidationContext, $"{path}.validation_context", context),
            Api.CommonTlsContext.ValidationContextTypeOneofCase.CombinedValidationContext
                when common.CombinedValidationContext.DefaultValidationContext is { } basis =>
                PeerValidationDecoder.Decode(
                    basis,
                    $"{path}.combined_validation_context.default_validation_context",
                    context
                ),
            _ => null,
        };

    private static SecretReference? ValidationSecret(Api.CommonTlsContext common, string path, DecodeContext context) =>
        common.ValidationContextTypeCase switch
        {
            Api.CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext when IsWatched(common) =>
                LocalSecretDecoder.Inline(
                    new Api.Secret
                    {
                        Name = $"file-root:{common.ValidationContext.TrustedCa?.Filename}",
                        ValidationContext = common.ValidationContext,
                    },
                    $"{path}.validation_context",
                    context
                ),
            Api.CommonTlsContext.ValidationContextTypeOneofCase.ValidationContextSdsSecretConfig => Reference(
                common.ValidationContextSdsSecretConfig,
                $"{path}.validation_context_sds_secret_config",
                context
            ),
            Api.CommonTlsContext.ValidationContextTypeOneofCase.CombinedValidationContext
                when common.CombinedValidationContext.ValidationContextSdsSecretConfig is { } secret => Reference(
                secret,
                $"{path}.combined_validation_context.validation_context_sds_secret_config",
                context
            ),
            _ => null,
        };

    /// <summary>A secret that somebody sends, or that is in a file here.</summary>
    public static SecretReference Reference(Api.SdsSecretConfig secret, string path, DecodeContext context)
    {
        var source = secret.SdsConfig?.ConfigSourceSpecifierCase;
        var isFromAds = source == CoreApi.ConfigSource.ConfigSourceSpecifierOneofCase.Ads;
        // Names that stand for files are read here, whoever is asked to send them.
        var local =
            isFromAds ? null
            : ResourceFileDecoder.PathOf(secret.SdsConfig) is { } file
                ? LocalSecretDecoder.At(secret.Name, file, path, context)
            : LocalSecretDecoder.Named(secret.Name);
        return new SecretReference(secret.Name, isFromAds)
        {
            FetchTimeout = context.InitialFetchTimeout(secret.SdsConfig, $"{path}.sds_config"),
            Local = local,
            Server =
                local is null && secret.SdsConfig?.ApiConfigSource is { } server
                    ? SecretServerDecoder.Decode(server, $"{path}.sds_config.api_config_source", context)
                    : null,
        };
    }

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
