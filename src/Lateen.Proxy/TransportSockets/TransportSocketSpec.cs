// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Tls;
using Lateen.Proxy.Listeners.Inspectors;
using Lateen.Proxy.Runtime;

namespace Lateen.Proxy.TransportSockets;

/// <summary>What carries the bytes of a connection (Envoy <c>core.v3.TransportSocket</c>), decoded and checked.</summary>
public record TransportSocketSpec
{
    /// <summary><c>raw_buffer</c>, and what an unset transport socket means.</summary>
    public static TransportSocketSpec Plaintext { get; } = new();

    /// <summary>Set for TLS.</summary>
    public TlsSocketSpec? Tls { get; init; }

    /// <summary>A PROXY protocol header goes before everything else (<c>upstream_proxy_protocol</c>): 1 or 2; 0 for none.</summary>
    public int ProxyProtocolVersion { get; init; }

    /// <summary><c>config.pass_through_tlvs</c>: what of the client's header is said again, in version 2.</summary>
    public ProxyTlvSet ProxyTlvs { get; init; } = ProxyTlvSet.None;
}

/// <summary>TLS with what it still needs (Envoy <c>UpstreamTlsContext</c>, <c>DownstreamTlsContext</c>).</summary>
/// <param name="Options">All that stands in the resource itself; what secrets bring is put on top.</param>
public sealed record TlsSocketSpec(TlsOptions Options)
{
    /// <summary><c>tls_certificate_sds_secret_configs</c></summary>
    public IReadOnlyList<SecretReference> CertificateSecrets { get; init; } = [];

    /// <summary><c>validation_context_sds_secret_config</c>, alone or in a combined context; null for none.</summary>
    public SecretReference? ValidationSecret { get; init; }

    /// <summary><c>session_ticket_keys_sds_secret_config</c> of a server; null for none.</summary>
    public SecretReference? TicketSecret { get; init; }

    /// <summary>Every secret: certificates first, then those that are there of validation and ticket keys.</summary>
    public IReadOnlyList<SecretReference> Secrets
    {
        get
        {
            var all = new List<SecretReference>(CertificateSecrets);
            if (ValidationSecret is not null)
                all.Add(ValidationSecret);
            if (TicketSecret is not null)
                all.Add(TicketSecret);
            return all;
        }
    }

    /// <summary><c>sni</c> of a client.</summary>
    public string ServerName { get; init; } = "";

    /// <summary><c>auto_host_sni</c>: the endpoint's host name is the SNI.</summary>
    public bool UsesHostName { get; init; }

    /// <summary><c>auto_sni_san_validation</c>: the server's certificate must be for the SNI.</summary>
    public bool ChecksServerName { get; init; }
}

/// <summary>A secret by name.</summary>
/// <param name="IsFromAds">True when the control plane sends it; else it comes from a server of its own, or the agent beside the proxy.</param>
public sealed record SecretReference(string Name, bool IsFromAds)
{
    /// <summary>Set when nobody sends it, since it is in files here.</summary>
    public LocalSecret? Local { get; init; }

    /// <summary>Who sends it; null for the ADS, for files, and for what names nobody.</summary>
    public SecretServer? Server { get; init; }

    /// <summary><c>sds_config.initial_fetch_timeout</c>: 15 s; 0 for ever.</summary>
    public TimeSpan FetchTimeout { get; init; } = InitialFetches.DefaultTimeout;
}

/// <summary>One row of <c>transport_socket_matches</c>: the socket for endpoints whose metadata has all of these values.</summary>
/// <param name="Criteria">Values as JSON; empty fits every endpoint.</param>
public sealed record TransportSocketMatchSpec(
    string Name,
    IReadOnlyDictionary<string, string> Criteria,
    TransportSocketSpec Socket
)
{
    /// <summary>Whether an endpoint's <c>envoy.transport_socket_match</c> metadata has it all.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in Criteria)
        {
            if (!metadata.TryGetValue(key, out var actual) || actual != value)
                return false;
        }
        return true;
    }
}

/// <summary>How a cluster's connections are carried.</summary>
/// <param name="Identity">Equal for equal configuration: connections survive a change of the cluster that keeps it.</param>
public sealed record ClusterSocketsSpec(
    string Identity,
    TransportSocketSpec Default,
    IReadOnlyList<TransportSocketMatchSpec> Matches
)
{
    public static ClusterSocketsSpec Plaintext { get; } = new("", TransportSocketSpec.Plaintext, []);
}
