// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf;
using Lateen.Net.Tls;
using Lateen.Proxy.Routing;
using Api = Envoy.Extensions.TransportSockets.Tls.V3;
using CoreApi = Envoy.Config.Core.V3;
using Matcher = Envoy.Type.Matcher.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Validation contexts → <see cref="PeerValidation"/>.</summary>
internal static class PeerValidationDecoder
{
    private const int HashLength = 32;

    /// <summary>The bundle that Debian's <c>ca-certificates</c> keeps, and Istio's images have.</summary>
    private const string SystemRoots = "/etc/ssl/certs/ca-certificates.crt";

    public static PeerValidation Decode(Api.CertificateValidationContext validation, string path, DecodeContext context)
    {
        if (validation.RequireSignedCertificateTimestamp == true)
            context.Add($"{path}.require_signed_certificate_timestamp", "is not served; leave it out");
        if (validation.CaCertificateProviderInstance is not null)
            context.Add($"{path}.ca_certificate_provider_instance", "is for gRPC clients; give trusted_ca");
        var watched = context.Watched(validation.WatchedDirectory, $"{path}.watched_directory");
        var roots = context.Data(validation.TrustedCa, $"{path}.trusted_ca", watched);
        if (validation.SystemRootCerts is not null && roots.IsEmpty)
            roots = context.File(SystemRoots, $"{path}.system_root_certs");
        return new PeerValidation
        {
            TrustedRoots = roots,
            TrustDomains = TrustDomains(
                validation.CustomValidatorConfig,
                $"{path}.custom_validator_config",
                watched,
                context
            ),
            RevocationLists = context.Data(validation.Crl, $"{path}.crl", watched),
            OnlyLeafRevocation = validation.OnlyVerifyLeafCertCrl,
            Names = Names(validation, path, context),
            CertificatePins = Pins(validation.VerifyCertificateHash, $"{path}.verify_certificate_hash", Hex, context),
            KeyPins = Pins(validation.VerifyCertificateSpki, $"{path}.verify_certificate_spki", Base64, context),
            AllowExpired = validation.AllowExpiredCertificate,
            AcceptUntrusted =
                validation.TrustChainVerification
                == Api.CertificateValidationContext.Types.TrustChainVerification.AcceptUntrusted,
            MaxDepth = (int?)validation.MaxVerifyDepth,
        };
    }

    private static List<TrustDomain> TrustDomains(
        CoreApi.TypedExtensionConfig? validator,
        string path,
        string? watched,
        DecodeContext context
    )
    {
        var domains = new List<TrustDomain>();
        if (validator is null)
            return domains;
        var type = validator.TypedConfig is null ? "" : TypedConfigs.TypeOf(validator.TypedConfig);
        if (type != Api.SPIFFECertValidatorConfig.Descriptor.FullName)
        {
            context.Add(path, $"is {validator.Name} of the type \"{type}\"; envoy.tls.cert_validator.spiffe is served");
            return domains;
        }
        path = $"{path}.typed_config.trust_domains";
        var config = context.Unpack<Api.SPIFFECertValidatorConfig>(validator.TypedConfig!, path);
        for (var i = 0; i < config?.TrustDomains.Count; i++)
        {
            var domain = config.TrustDomains[i];
            if (domain.Name.Length == 0 || domain.Name.Contains('/', StringComparison.Ordinal))
                context.Add($"{path}[{i}].name", $"is \"{domain.Name}\"; give a trust domain, as cluster.local");
            var bundle = context.Data(domain.TrustBundle, $"{path}[{i}].trust_bundle", watched);
            domains.Add(new TrustDomain(domain.Name, bundle));
        }
        if (config?.TrustDomains.Count == 0)
            context.Add(path, "is empty; nobody could be trusted");
        return domains;
    }

    private static List<SanMatcher> Names(
        Api.CertificateValidationContext validation,
        string path,
        DecodeContext context
    )
    {
        var names = new List<SanMatcher>();
        for (var i = 0; i < validation.MatchTypedSubjectAltNames.Count; i++)
        {
            var matcher = validation.MatchTypedSubjectAltNames[i];
            var at = $"{path}.match_typed_subject_alt_names[{i}]";
            if (Kind(matcher.SanType) is { } kind)
                Add(kind, matcher.Matcher, $"{at}.matcher", names, context);
            else
                context.Add($"{at}.san_type", $"is {matcher.SanType}; give EMAIL, DNS, URI or IP_ADDRESS");
        }
        // The older field says no kind: it is compared with names of every kind.
        for (var i = 0; i < validation.MatchSubjectAltNames.Count; i++)
        {
            foreach (var kind in Enum.GetValues<SanKind>())
                Add(kind, validation.MatchSubjectAltNames[i], $"{path}.match_subject_alt_names[{i}]", names, context);
        }
        return names;
    }

    private static SanKind? Kind(Api.SubjectAltNameMatcher.Types.SanType type) =>
        type switch
        {
            Api.SubjectAltNameMatcher.Types.SanType.Email => SanKind.Email,
            Api.SubjectAltNameMatcher.Types.SanType.Dns => SanKind.Dns,
            Api.SubjectAltNameMatcher.Types.SanType.Uri => SanKind.Uri,
            Api.SubjectAltNameMatcher.Types.SanType.IpAddress => SanKind.IPAddress,
            _ => null,
        };

    private static void Add(
        SanKind kind,
        Matcher.StringMatcher? matcher,
        string path,
        List<SanMatcher> names,
        DecodeContext context
    )
    {
        if (matcher is null)
        {
            context.Add(path, "is missing");
            return;
        }
        if (kind == SanKind.Dns && matcher.MatchPatternCase == Matcher.StringMatcher.MatchPatternOneofCase.Exact)
        {
            // A wildcard in the certificate stands for the exact name that is asked for.
            names.Add(SanMatcher.DnsName(matcher.Exact));
            return;
        }
        if (RouteMatchDecoder.Text(matcher, path, context) is not { } spec || context.HasProblems)
            return;
        var bytes = new ByteMatcher(spec);
        names.Add(
            new SanMatcher(kind, name => bytes.Matches(Encoding.UTF8.GetBytes(name)))
            {
                Identity = $"{kind}:{Convert.ToHexStringLower(matcher.ToByteArray())}",
            }
        );
    }

    private static List<ReadOnlyMemory<byte>> Pins(
        IReadOnlyList<string> texts,
        string path,
        Func<string, byte[]> decode,
        DecodeContext context
    )
    {
        var pins = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < texts.Count; i++)
        {
            try
            {
                var pin = decode(texts[i]);
                if (pin.Length != HashLength)
                    context.Add($"{path}[{i}]", $"has {pin.Length} bytes; a SHA-256 has {HashLength}");
                pins.Add(pin);
            }
            catch (FormatException failure)
            {
                context.Add($"{path}[{i}]", failure.Message);
            }
        }
        return pins;
    }

    /// <summary>With colons between bytes or without, as openssl prints it.</summary>
    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));

    private static byte[] Base64(string text) => Convert.FromBase64String(text);
}
