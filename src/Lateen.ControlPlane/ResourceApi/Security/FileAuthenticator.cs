// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>
/// Certificates, authorities and tokens from files: those that the operator names, and for the rest our own, which are made in the data
/// directory. There is always an administrator's token in it, and a kubeconfig that uses it.
/// </summary>
internal sealed class FileAuthenticator : IApiAuthenticator, IDisposable
{
    private const string Administrator = "lateen-admin";

    private readonly X509Certificate2Collection _clientAuthorities = [];
    private readonly IReadOnlyList<TokenFile> _tokens;
    private readonly TimeProvider _time;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A certificate or key is none.</exception>
    /// <exception cref="FormatException">A file of tokens has a line that is none.</exception>
    public FileAuthenticator(ResourceApiOptions options, TimeProvider time)
    {
        _time = time;
        Directory = Path.Combine(options.DataDirectory, "api");
        KeyFiles.CreateDirectory(Directory);
        var own = new OwnAuthority(Directory, time);
        if (options.CertificatePath is { } certificate)
        {
            ServerCertificate = KeyFiles.Read(certificate, options.KeyPath ?? certificate);
            ServerChain.ImportFromPemFile(certificate);
        }
        else
            ServerCertificate = own.ServerCertificate(options.Listen.Select(static listen => listen.Address.Address));
        var authorities = options.ClientAuthorityPath ?? (options.CertificatePath is null ? own.CertificatePath : null);
        if (authorities is not null)
            _clientAuthorities.ImportFromPemFile(authorities);
        ServerAuthorityPath = options.CertificatePath is null ? own.CertificatePath : null;
        var tokens = new List<TokenFile> { new(AdministratorTokens()) };
        if (options.TokenPath is { } path)
            tokens.Add(new TokenFile(path));
        _tokens = tokens;
    }

    public string Directory { get; }

    public X509Certificate2 ServerCertificate { get; }

    public X509Certificate2Collection ServerChain { get; } = [];

    /// <summary>By which clients know the server; null when the operator gave a certificate, and knows by whom.</summary>
    public string? ServerAuthorityPath { get; }

    public bool IsTrusted(X509Certificate2 client) =>
        _clientAuthorities.Count > 0
        && ClientChain.IsIssuedBy(client, _clientAuthorities, ClientChain.ClientAuth, _time);

    public ApiUser? ByToken(string token)
    {
        foreach (var file in _tokens)
        {
            if (file.Find(token) is { } user)
                return user;
        }
        return null;
    }

    /// <summary>Writes a kubeconfig for the administrator.</summary>
    /// <param name="server">Where the API is.</param>
    /// <returns>Where it is.</returns>
    public string WriteKubeconfig(IPEndPoint server)
    {
        var path = Path.Combine(Directory, "admin.kubeconfig");
        var token = File.ReadLines(AdministratorPath).First().Split(',')[0];
        KeyFiles.WritePrivate(path, Kubeconfig.Write(server, ServerAuthorityPath, token));
        return path;
    }

    public void Dispose() => ServerCertificate.Dispose();

    private string AdministratorPath => Path.Combine(Directory, "admin.token");

    private string AdministratorTokens()
    {
        if (!File.Exists(AdministratorPath))
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            KeyFiles.WritePrivate(
                AdministratorPath,
                $"{token},{Administrator},{Administrator},\"{ApiUser.Masters}\"\n"
            );
        }
        return AdministratorPath;
    }
}
