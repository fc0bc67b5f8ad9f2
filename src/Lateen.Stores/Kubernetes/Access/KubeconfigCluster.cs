// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>A cluster of a kubeconfig.</summary>
internal static class KubeconfigCluster
{
    /// <exception cref="FormatException">It makes no sense; the message says why.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ClusterAccess Read(KubeconfigEntry cluster, KubeconfigEntry? user, TimeProvider time)
    {
        if (cluster.Text("server") is not { } address)
            throw cluster.Wrong("it has no server");
        if (
            !Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var server)
            || server.Scheme is not ("http" or "https")
        )
            throw cluster.Wrong($"server is \"{address}\", which is no address, as https://HOST:PORT");
        var authorities = Authorities(cluster);
        var isUnverified = cluster.IsTrue("insecure-skip-tls-verify");
        if (isUnverified && authorities is not null)
            throw cluster.Wrong("insecure-skip-tls-verify does not go with certificate-authority; remove one");
        return new ClusterAccess(
            server,
            user is null ? ClusterCredentials.Nobody : KubeconfigUser.Read(user, cluster, time)
        )
        {
            Authorities = authorities,
            ServerName = cluster.Text("tls-server-name"),
            IsUnverified = isUnverified,
            Proxy = ProxyOf(cluster),
            Headers = user is null ? [] : KubeconfigUser.Impersonation(user),
        };
    }

    private static X509Certificate2Collection? Authorities(KubeconfigEntry cluster)
    {
        var data = cluster.Data("certificate-authority-data");
        var path = cluster.PathOf("certificate-authority");
        if (data is null && path is null)
            return null;
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(data is not null ? Encoding.UTF8.GetString(data) : File.ReadAllText(path!));
        }
        catch (CryptographicException failure)
        {
            throw cluster.Wrong($"certificate-authority is no certificate: {failure.Message}", failure);
        }
        return found.Count > 0 ? found : throw cluster.Wrong("certificate-authority has no certificate in PEM");
    }

    private static Uri? ProxyOf(KubeconfigEntry cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw cluster.Wrong($"proxy-url is \"{text}\"; use http://, https:// or socks5://");
    }
}
