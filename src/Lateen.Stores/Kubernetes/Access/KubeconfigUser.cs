// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>A user of a kubeconfig: a token, a file with one, a certificate, a name with a password, a program that knows.</summary>
internal static class KubeconfigUser
{
    /// <param name="cluster">Told to programs that ask for it.</param>
    /// <exception cref="FormatException">It makes no sense; the message says why.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ClusterCredentials Read(KubeconfigEntry user, KubeconfigEntry cluster, TimeProvider time)
    {
        if (user.Content.Member("auth-provider") is JsonObject provider)
            throw user.Wrong(
                $"auth-provider \"{provider.Text("name")}\" is not supported, nor is it by kubectl any more; use exec with a credential plugin"
            );
        if (user.Content.Member("exec") is JsonObject exec)
            return new PluginCredentials(ExecPlugin.Read(user, exec, cluster), time);
        var certificate = CertificateOf(user);
        var authorization = AuthorizationOf(user, time);
        return (certificate, authorization) switch
        {
            (null, null) => ClusterCredentials.Nobody,
            ({ } one, null) => one,
            (null, { } one) => one,
            _ => new CombinedCredentials(authorization, certificate),
        };
    }

    /// <summary>Headers that say for whom is asked.</summary>
    /// <exception cref="FormatException">A header would have to be there several times, which .NET's client makes one of: another group.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Impersonation(KubeconfigEntry user)
    {
        var headers = new List<KeyValuePair<string, string>>();
        Add("Impersonate-User", user.Text("as"));
        Add("Impersonate-Uid", user.Text("as-uid"));
        foreach (var group in user.Content.Member("as-groups").Items())
            Add("Impersonate-Group", group.AsText());
        foreach (var (key, values) in user.Content.Member("as-user-extra") as JsonObject ?? [])
        {
            foreach (var value in values.Items())
                Add($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value.AsText());
        }
        return headers;

        void Add(string name, string? value)
        {
            if (value is not { Length: > 0 })
                return;
            if (headers.Exists(header => header.Key == name))
                throw user.Wrong($"{name} has several values, which is not supported; leave one");
            headers.Add(new(name, value));
        }
    }

    /// <summary>As in client-go: a file with a token counts before a token, a token before a password.</summary>
    private static ClusterCredentials? AuthorizationOf(KubeconfigEntry user, TimeProvider time)
    {
        if (user.PathOf("tokenFile") is { } file)
            return new TokenFileCredentials(file, time);
        if (user.Text("token") is { } token)
            return new FixedCredentials(new AuthenticationHeaderValue("Bearer", token));
        if (user.Text("username") is not { } name)
            return null;
        var pair = Encoding.UTF8.GetBytes($"{name}:{user.Text("password")}");
        return new FixedCredentials(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair)));
    }

    private static ClusterCredentials? CertificateOf(KubeconfigEntry user)
    {
        var (certificate, key) = (user.Data("client-certificate-data"), user.Data("client-key-data"));
        var (certificateFile, keyFile) = (user.PathOf("client-certificate"), user.PathOf("client-key"));
        if (certificate is null && certificateFile is null)
        {
            return key is null && keyFile is null
                ? null
                : throw user.Wrong("it has a client-key and no client-certificate");
        }
        if (key is null && keyFile is null)
            throw user.Wrong("it has a client-certificate and no client-key");
        try
        {
            if (certificate is null && key is null)
                return new CertificateFiles(certificateFile!, keyFile!);
            var pem = certificate is not null
                ? Encoding.UTF8.GetString(certificate)
                : File.ReadAllText(certificateFile!);
            var keyPem = key is not null ? Encoding.UTF8.GetString(key) : File.ReadAllText(keyFile!);
            return new FixedCredentials(null, X509Certificate2.CreateFromPem(pem, keyPem));
        }
        catch (CryptographicException failure)
        {
            throw user.Wrong(
                $"client-certificate and client-key are no certificate with its key: {failure.Message}",
                failure
            );
        }
    }

    private sealed class CombinedCredentials(ClusterCredentials authorization, ClusterCredentials certificate)
        : ClusterCredentials
    {
        public override X509Certificate2? Certificate => certificate.Certificate;

        public override ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken stop) =>
            authorization.AuthorizationAsync(stop);

        public override bool Renew(AuthenticationHeaderValue? used) => authorization.Renew(used);
    }
}
