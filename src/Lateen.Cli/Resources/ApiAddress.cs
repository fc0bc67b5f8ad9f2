// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Cli.Resources;

/// <summary>Where a resource API is, and what the caller has to show there.</summary>
/// <param name="Token">Bearer token; empty for none.</param>
/// <param name="Authorities">PEM of whom to trust; empty for whom the system trusts.</param>
/// <param name="Certificate">Of the client, with its key; null for none.</param>
internal sealed record ApiAddress(
    Uri Server,
    string Token = "",
    string Authorities = "",
    X509Certificate2? Certificate = null
)
{
    /// <summary>Where <c>lateen up</c> serves unless the port is taken.</summary>
    public static Uri Standard { get; } = new("http://127.0.0.1:8001");

    /// <param name="text"><c>https://HOST:PORT</c>, <c>http://HOST:PORT</c>; HOST:PORT alone is the former.</param>
    /// <param name="from">The flag or variable that says so.</param>
    public static Uri Parse(string text, string from) =>
        Uri.TryCreate(
            text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}",
            UriKind.Absolute,
            out var uri
        )
        && uri.Scheme is "http" or "https"
        && uri.Host.Length > 0
            ? uri
            : throw new CommandFailure(
                ExitCode.Usage,
                $"{from} {text} is no address; write https://HOST:PORT or http://HOST:PORT"
            );

    /// <param name="what">The flag or field that they come from.</param>
    public static X509Certificate2 ReadCertificate(string certificate, string key, string what)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CommandFailure(
                ExitCode.BadData,
                $"{what}: no certificate and key in PEM that fit ({failure.Message.TrimEnd('.')})"
            );
        }
    }

    /// <summary>Throws where a token would go over a network in plaintext.</summary>
    public ApiAddress Checked() =>
        Token.Length > 0 && Server.Scheme == "http" && !Server.IsLoopback
            ? throw new CommandFailure(
                ExitCode.Usage,
                $"a token would be sent to {Server} in plaintext; write https:// in --server"
            )
            : this;
}
