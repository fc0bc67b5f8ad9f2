// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Google.Protobuf;
using Lateen.Net.Tls;
using Lateen.Proxy.TransportSockets;
using ClusterApi = Envoy.Config.Cluster.V3;
using CoreApi = Envoy.Config.Core.V3;
using ProxyApi = Envoy.Extensions.TransportSockets.ProxyProtocol.V3;
using RawApi = Envoy.Extensions.TransportSockets.RawBuffer.V3;
using TlsApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>
/// Transport sockets → <see cref="TransportSocketSpec"/>. What is not understood is refused, never taken for plaintext.
/// </summary>
internal static class TransportSocketDecoder
{
    /// <summary>Metadata of endpoints that the criteria of <c>transport_socket_matches</c> are compared with.</summary>
    public const string MatchMetadata = "envoy.transport_socket_match";

    /// <param name="serverNames"><c>server_names</c> of the filter chain, which its sessions do not leave.</param>
    public static TransportSocketSpec Downstream(
        CoreApi.TransportSocket? socket,
        IReadOnlyList<string> serverNames,
        string path,
        DecodeContext context
    )
    {
        if (socket is null || IsRaw(socket))
            return TransportSocketSpec.Plaintext;
        if (Type(socket) != TlsApi.DownstreamTlsContext.Descriptor.FullName)
            return Unknown(socket, path, context);
        path = $"{path}.typed_config";
        if (context.Unpack<TlsApi.DownstreamTlsContext>(socket.TypedConfig, path) is not { } tls)
            return TransportSocketSpec.Plaintext;
        if (tls.RequireSni == true)
            context.Add($"{path}.require_sni", "is true, which Envoy does not implement either; match server_names");
        var common = TlsContextDecoder.Decode(tls.CommonTlsContext, TlsRole.Server, path, context);
        var hours = TimeSpan.FromHours(2);
        var options = common.Options with
        {
            RequireClientCertificate = tls.RequireClientCertificate ?? false,
            SessionTimeout = context.Duration(tls.SessionTimeout, hours, $"{path}.session_timeout"),
            SessionTickets = !tls.DisableStatelessSessionResumption,
            SessionCache = !tls.DisableStatefulSessionResumption,
            TicketKeys = tls.SessionTicketKeys is null
                ? []
                : TlsContextDecoder.TicketKeys(tls.SessionTicketKeys, $"{path}.session_ticket_keys", context),
            ServerNames = serverNames,
            OcspPolicy = (OcspStaplePolicy)tls.OcspStaplePolicy,
            ScansAllOnNameMismatch = tls.FullScanCertsOnSniMismatch ?? false,
            PrefersClientCiphers = tls.PreferClientCiphers,
        };
        if (!Enum.IsDefined(options.OcspPolicy))
            context.Add($"{path}.ocsp_staple_policy", $"is {(int)tls.OcspStaplePolicy}, which is none that is known");
        if (options.Certificates.Count == 0 && common.CertificateSecrets.Count == 0)
            context.Add(
                $"{path}.common_tls_context",
                "has no certificate; give tls_certificates or tls_certificate_sds_secret_configs"
            );
        var tickets = tls.SessionTicketKeysSdsSecretConfig;
        return Checked(
            common with
            {
                Options = options,
                TicketSecret = tickets is null
                    ? null
                    : TlsContextDecoder.Reference(tickets, $"{path}.session_ticket_keys_sds_secret_config", context),
            },
            path,
            context
        );
    }

    public static ClusterSocketsSpec Upstream(ClusterApi.Cluster cluster, DecodeContext context)
    {
        if (cluster.TransportSocket is null && cluster.TransportSocketMatches.Count == 0)
            return ClusterSocketsSpec.Plaintext;
        var matches = new List<TransportSocketMatchSpec>();
        for (var i = 0; i < cluster.TransportSocketMatches.Count; i++)
        {
            var match = cluster.TransportSocketMatches[i];
            var at = $"transport_socket_matches[{i}]";
            if (match.TransportSocket is null)
                context.Add($"{at}.transport_socket", "is missing; a match needs the socket it is for");
            matches.Add(
                new TransportSocketMatchSpec(
                    match.Name,
                    EndpointDecoder.Texts(match.Match),
                    Upstream(match.TransportSocket, $"{at}.transport_socket", context)
                )
            );
        }
        return new ClusterSocketsSpec(
            Identity(cluster),
            Upstream(cluster.TransportSocket, "transport_socket", context),
            matches
        );
    }

    private static TransportSocketSpec Upstream(CoreApi.TransportSocket? socket, string path, DecodeContext context)
    {
        if (socket is null || IsRaw(socket))
            return TransportSocketSpec.Plaintext;
        if (Type(socket) == ProxyApi.ProxyProtocolUpstreamTransport.Descriptor.FullName)
            return ProxyProtocol(socket, path, context);
        if (Type(socket) != TlsApi.UpstreamTlsContext.Descriptor.FullName)
            return Unknown(socket, path, context);
        path = $"{path}.typed_config";
        if (context.Unpack<TlsApi.UpstreamTlsContext>(socket.TypedConfig, path) is not { } tls)
            return TransportSocketSpec.Plaintext;
        if (tls.AllowRenegotiation)
            context.Add($"{path}.allow_renegotiation", "is true; renegotiation is not served (RFC 8446 removed it)");
        if (
            tls.CommonTlsContext?.TlsCertificates.Count + tls.CommonTlsContext?.TlsCertificateSdsSecretConfigs.Count
            > 1
        )
            context.Add($"{path}.common_tls_context", "has several certificates; a client shows one");
        var common = TlsContextDecoder.Decode(tls.CommonTlsContext, TlsRole.Client, path, context);
        if (tls.AutoSniSanValidation && common.Options.Validation is null && common.ValidationSecret is null)
            context.Add(
                $"{path}.auto_sni_san_validation",
                "needs trusted_ca; names that nobody vouches for prove nothing"
            );
        return Checked(
            common with
            {
                Options = common.Options with
                {
                    MaxSessionKeys = (int)Math.Min(tls.MaxSessionKeys ?? 1, 1024),
                    EnforcesRsaKeyUsage = tls.EnforceRsaKeyUsage ?? false,
                },
                ServerName = tls.Sni,
                UsesHostName = tls.AutoHostSni,
                ChecksServerName = tls.AutoSniSanValidation,
            },
            path,
            context
        );
    }

    private static TransportSocketSpec ProxyProtocol(CoreApi.TransportSocket socket, string path, DecodeContext context)
    {
        var wrapper = context.Unpack<ProxyApi.ProxyProtocolUpstreamTransport>(
            socket.TypedConfig,
            $"{path}.typed_config"
        );
        var inner = Upstream(wrapper?.TransportSocket, $"{path}.typed_config.transport_socket", context);
        var isV2 = wrapper?.Config?.Version == CoreApi.ProxyProtocolConfig.Types.Version.V2;
        return inner with
        {
            ProxyProtocolVersion = isV2 ? 2 : 1,
            ProxyTlvs = ProxyProtocolDecoder.PassThrough(
                wrapper?.Config?.PassThroughTlvs,
                $"{path}.typed_config.config.pass_through_tlvs",
                context
            ),
        };
    }

    /// <summary>A context that needs no secrets is built on trial, so that what is wrong with it refuses the resource.</summary>
    private static TransportSocketSpec Checked(TlsSocketSpec spec, string path, DecodeContext context)
    {
        if (spec.Secrets.Count == 0 && !context.HasProblems)
            Try(spec.Options, path, context);
        return new TransportSocketSpec { Tls = spec };
    }

    /// <summary>Builds a context and throws it away; notes what is wrong.</summary>
    public static void Try(TlsOptions options, string path, DecodeContext context)
    {
        try
        {
            _ = TlsContext.Create(options);
        }
        catch (TlsConfigurationException failure)
        {
            context.Add(path, failure.Message);
        }
    }

    private static TransportSocketSpec Unknown(CoreApi.TransportSocket socket, string path, DecodeContext context)
    {
        context.Add(path, $"is {socket.Name} of the type \"{Type(socket)}\", which this proxy does not serve");
        return TransportSocketSpec.Plaintext;
    }

    private static bool IsRaw(CoreApi.TransportSocket socket) =>
        Type(socket) == RawApi.RawBuffer.Descriptor.FullName
        || (socket.TypedConfig is null && socket.Name == "envoy.transport_sockets.raw_buffer");

    private static string Type(CoreApi.TransportSocket socket) =>
        socket.TypedConfig is null ? "" : TypedConfigs.TypeOf(socket.TypedConfig);

    /// <summary>The same for the same sockets, whatever else of the cluster changes.</summary>
    private static string Identity(ClusterApi.Cluster cluster)
    {
        var sockets = new ClusterApi.Cluster { TransportSocket = cluster.TransportSocket };
        sockets.TransportSocketMatches.AddRange(cluster.TransportSocketMatches);
        return Convert.ToHexStringLower(SHA256.HashData(sockets.ToByteArray()));
    }
}
