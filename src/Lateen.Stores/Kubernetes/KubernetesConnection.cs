// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Lateen.Stores.Kubernetes.Access;

namespace Lateen.Stores.Kubernetes;

/// <summary>Connections to an API server: HTTP/2 where it has that, so that all watches share one.</summary>
internal static class KubernetesConnection
{
    /// <summary>After this a connection takes no more requests: authorities, certificates and addresses are exchanged.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    // How a server that vanished without a word is found out, as in client-go.
    private static readonly TimeSpan s_pingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(15);

    public static HttpClient Open(ClusterAccess access)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = s_pingDelay,
            KeepAlivePingTimeout = s_pingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionLifetime = s_lifetime,
            UseCookies = false,
            SslOptions = Tls(access),
        };
        if (access.Proxy is not null)
            handler.Proxy = new WebProxy(access.Proxy);
        return new HttpClient(handler)
        {
            BaseAddress = access.Server,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            // Each request has its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    [SuppressMessage("Security", "CA5359", Justification = "Where the kubeconfig says insecure-skip-tls-verify.")]
    private static SslClientAuthenticationOptions Tls(ClusterAccess access)
    {
        var tls = new SslClientAuthenticationOptions
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) => access.Credentials.Certificate!,
        };
        if (access.IsUnverified)
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (access.Authorities is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                // Everything that it needs is here: nothing is fetched on the way.
                DisableCertificateDownloads = true,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        return tls;
    }
}
