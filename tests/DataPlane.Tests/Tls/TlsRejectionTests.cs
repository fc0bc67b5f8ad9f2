// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using DataPlane.Tests.Server;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Tls;

/// <summary>TLS that cannot be had is refused by the path of its field, with what to do instead.</summary>
public sealed class TlsRejectionTests : IDisposable
{
    private readonly ProxyFixture _proxy = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _proxy.Dispose();
        _authority.Dispose();
    }

    private static string Sds(string source) =>
        $"\"validationContextSdsSecretConfig\":{{\"name\":\"s\",\"sdsConfig\":{{\"apiConfigSource\":{{{source}}}}}}}";

    public static TheoryData<string, string, string> Downstream =>
        new()
        {
            // common context | the rest | what the message says
            { "\"keyLog\":{\"path\":\"/tmp/keys\"}", "", "common_tls_context.key_log: would write the keys" },
            { "\"customHandshaker\":{\"name\":\"x\"}", "", "common_tls_context.custom_handshaker: is not served" },
            {
                "\"customTlsCertificateSelector\":{\"name\":\"x\"}",
                "",
                "custom_tls_certificate_selector: is not served"
            },
            { "\"tlsCertificateProviderInstance\":{}", "", "tls_certificate_provider_instance: is for gRPC clients" },
            {
                "\"tlsParams\":{\"ecdhCurves\":[\"P-256\",\"curvy\"]}",
                "",
                "tls_params.ecdh_curves: curvy is not a name"
            },
            {
                "\"tlsParams\":{\"cipherSuites\":[\"ECDHE-RSA-AES128-GCM-SHA256\",\"RC4\"]}",
                "",
                "tls_params.cipher_suites: RC4"
            },
            { "\"tlsParams\":{\"cipherSuites\":[\"TLS_AES_128_GCM_SHA256\"]}", "", "is no cipher suite of TLS 1.2" },
            { "\"tlsParams\":{\"signatureAlgorithms\":[\"rot13\"]}", "", "signature_algorithms: rot13 is not a name" },
            { "\"tlsParams\":{\"tlsMinimumProtocolVersion\":\"TLSv1_0\"}", "", "RFC 8996" },
            { "\"tlsParams\":{\"tlsMaximumProtocolVersion\":\"TLSv1_1\"}", "", "RFC 8996" },
            {
                "\"tlsParams\":{\"tlsMinimumProtocolVersion\":\"TLSv1_3\",\"tlsMaximumProtocolVersion\":\"TLSv1_2\"}",
                "",
                "is above the maximum"
            },
            { "\"tlsParams\":{\"compliancePolicies\":[\"FIPS_202205\"]}", "", "compliance_policies: is not served" },
            { "\"alpnProtocols\":[\"\"]", "", "alpn_protocols" },
            {
                Sds("\"apiType\":\"REST\",\"grpcServices\":[{\"envoyGrpc\":{\"clusterName\":\"c\"}}]"),
                "",
                "api_type: is Rest; give"
            },
            { Sds("\"apiType\":\"GRPC\""), "", "api_config_source.grpc_services: has 0 services; give one" },
            {
                Sds("\"apiType\":\"GRPC\",\"grpcServices\":[{}]"),
                "",
                "grpc_services[0]: has no target; give envoy_grpc"
            },
            {
                Sds("\"apiType\":\"GRPC\",\"grpcServices\":[{\"envoyGrpc\":{}}]"),
                "",
                "grpc_services[0].envoy_grpc.cluster_name: is empty; name the cluster"
            },
            {
                Sds("\"apiType\":\"GRPC\",\"grpcServices\":[{\"googleGrpc\":{\"targetUri\":\"sds.example\"}}]"),
                "",
                "google_grpc.target_uri: is \"sds.example\"; give unix:PATH"
            },
            {
                Sds(
                    "\"apiType\":\"GRPC\",\"grpcServices\":[{\"googleGrpc\":{\"targetUri\":\"127.0.0.1:1\",\"channelCredentials\":{\"sslCredentials\":{}}}}]"
                ),
                "",
                "google_grpc.channel_credentials: has SslCredentials, which is not served"
            },
            {
                Sds(
                    "\"apiType\":\"GRPC\",\"transportApiVersion\":\"V2\",\"grpcServices\":[{\"envoyGrpc\":{\"clusterName\":\"c\"}}]"
                ),
                "",
                "api_config_source.transport_api_version: is V2; give V3"
            },
            { "", ",\"requireSni\":true", "require_sni: is true" },
            { "", ",\"sessionTicketKeys\":{}", "session_ticket_keys.keys: is empty" },
            { "", ",\"sessionTicketKeys\":{\"keys\":[{\"inlineBytes\":\"AAAA\"}]}", "keys[0]: has 3 bytes; give 80" },
            { "", ",\"ocspStaplePolicy\":\"MUST_STAPLE\"", "ocsp_staple: is missing" },
            { "", ",\"sessionTimeout\":\"-1s\"", "session_timeout: is no duration" },
            {
                "\"validationContext\":{\"requireSignedCertificateTimestamp\":true}",
                "",
                "require_signed_certificate_timestamp: is not served"
            },
            {
                "\"validationContext\":{\"caCertificateProviderInstance\":{}}",
                "",
                "ca_certificate_provider_instance: is for gRPC clients"
            },
            { "\"validationContext\":{\"verifyCertificateSpki\":[\"!\"]}", "", "verify_certificate_spki[0]" },
            { "\"validationContext\":{\"trustedCa\":{\"filename\":\"/nowhere/ca\"}}", "", "/nowhere/ca" },
            {
                "\"validationContext\":{\"matchTypedSubjectAltNames\":[{\"sanType\":\"OTHER_NAME\",\"matcher\":{\"exact\":\"x\"}}]}",
                "",
                "match_typed_subject_alt_names[0].san_type: is OtherName"
            },
            {
                "\"validationContext\":{\"customValidatorConfig\":{\"name\":\"mine\"}}",
                "",
                "custom_validator_config: is mine of the type \"\"; envoy.tls.cert_validator.spiffe is served"
            },
            { $"\"validationContext\":{Spiffe("")}", "", "trust_domains: is empty" },
            { $"\"validationContext\":{Spiffe("{\"name\":\"spiffe://a\"}")}", "", "trust_domains[0].name" },
            { $"\"validationContext\":{Spiffe("{\"name\":\"a\"}")}", "", "trust_bundle of a holds no certificate" },
        };

    [Theory]
    [MemberData(nameof(Downstream))]
    public void Of_listeners(string common, string rest, string named)
    {
        var certificate = $"\"tlsCertificates\":[{TlsJson.Certificate(Issue())}]{(common.Length > 0 ? "," : "")}";
        Refused(TlsJson.Downstream(certificate + common, rest), named);
    }

    public static TheoryData<string, string> Certificates =>
        new()
        {
            { "\"pkcs12\":{\"inlineBytes\":\"AAAA\"}", "tls_certificates[0].pkcs12: is not served" },
            { "\"privateKeyProvider\":{\"providerName\":\"hsm\"}", "private_key_provider: is not served" },
            { "\"ocspStaple\":{\"inlineString\":\"x\"}", "ocsp_staple.inline_string: cannot hold DER" },
            { "\"ocspStaple\":{\"inlineBytes\":\"AAAA\"}", "is no OCSP response in DER" },
        };

    [Theory]
    [MemberData(nameof(Certificates))]
    public void Of_certificates(string more, string named)
    {
        var certificate = TlsJson.Certificate(Issue()).TrimEnd()[..^1] + "," + more + "}";
        Refused(TlsJson.Downstream($"\"tlsCertificates\":[{certificate}]"), named);
    }

    public static TheoryData<string, string, string> Upstream =>
        new()
        {
            { "\"alpnProtocols\":[\"h2\"]", ",\"allowRenegotiation\":true", "allow_renegotiation: is true" },
            {
                "\"alpnProtocols\":[\"h2\"]",
                ",\"autoSniSanValidation\":true",
                "auto_sni_san_validation: needs trusted_ca"
            },
            {
                "\"tlsCertificateSdsSecretConfigs\":[{\"name\":\"a\"},{\"name\":\"b\"}]",
                "",
                "has several certificates; a client shows one"
            },
        };

    [Theory]
    [MemberData(nameof(Upstream))]
    public void Of_clusters(string common, string rest, string named)
    {
        var cluster = ProxyFixture.Cluster("s", 1)[..^1] + $",\"transportSocket\":{TlsJson.Upstream(common, rest)}}}";
        var rejection = Assert.Single(_proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, ("s", cluster)));
        Assert.Equal("s", rejection.Name);
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Secrets =>
        new()
        {
            { "mismatch", "private_key: is not the key of the certificate" },
            { "no key", "private_key: cannot be read" },
            { "garbage", "certificate_chain: holds no certificate" },
            { "half", "certificate_chain" },
        };

    /// <summary>A secret is tried by itself, before anything is made of it.</summary>
    [Theory]
    [MemberData(nameof(Secrets))]
    public void Of_secrets(string what, string named)
    {
        var good = Issue();
        var secret = what switch
        {
            "mismatch" => good with { Key = Issue().Key },
            "no key" => good with { Key = "" },
            "garbage" => good with { Chain = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
            _ => good with { Chain = good.Chain[..200] },
        };
        var rejection = Assert.Single(
            _proxy.Apply<SecretApi.Secret>(TypeUrls.Secret, ("s", TlsJson.CertificateSecret("s", secret)))
        );
        Assert.Equal("s", rejection.Name);
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", rejection.Message, StringComparison.Ordinal);
    }

    /// <summary>What only shows when secrets come together is told by the name of the resource that uses them.</summary>
    [Fact]
    public void A_secret_of_the_wrong_kind_is_told_of_and_nothing_is_served()
    {
        var problems = new List<string>();
        _proxy.Store.Problem += (resource, problem) => problems.Add($"{resource}: {problem}");
        var listener = TlsJson.Listener(
            TlsJson.TcpChain(
                "c",
                "a",
                socket: TlsJson.Downstream("\"tlsCertificateSdsSecretConfigs\":[{\"name\":\"s\"}]")
            )
        );
        _proxy.Clusters(1);
        Assert.Empty(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        var secret = $"{{\"name\":\"s\",\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(_authority)}}}}}";
        Assert.Empty(_proxy.Apply<SecretApi.Secret>(TypeUrls.Secret, ("s", secret)));
        Assert.Equal(["t: tls_certificate_sds_secret_configs: the secret s is no tls_certificate"], problems);
        Assert.Empty(_proxy.Runtime.Current.Listeners);
    }

    private static string Spiffe(string domains) =>
        $$"""
            {"customValidatorConfig":{"name":"envoy.tls.cert_validator.spiffe","typedConfig":
              {"@type":"{{TlsJson.Types}}transport_sockets.tls.v3.SPIFFECertValidatorConfig","trustDomains":[{{domains}}]} } }
            """;

    private TestCertificate Issue() => _authority.Issue(CertificateOrder.ForDns("a"));

    private void Refused(string socket, string named)
    {
        var listener = TlsJson.Listener(TlsJson.TcpChain("c", "a", socket: socket));
        var rejection = Assert.Single(_proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, ("t", listener)));
        Assert.Equal("t", rejection.Name);
        Assert.Contains(named, rejection.Message, StringComparison.Ordinal);
    }
}
