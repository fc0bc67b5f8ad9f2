// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>An address of the API.</summary>
/// <param name="IsPlaintext">Without TLS, and without asking who somebody is: for loopback addresses alone.</param>
public readonly record struct ApiListen(IPEndPoint Address, bool IsPlaintext)
{
    public const int StandardPort = 8443;

    /// <summary><c>127.0.0.1:8443</c> and <c>https://127.0.0.1:8443</c> are TLS, <c>http://127.0.0.1:8001</c> is plaintext.</summary>
    /// <param name="problem">Why the text is none; empty when it is one.</param>
    public static ApiListen? Parse(string text, out string problem)
    {
        var isPlaintext = text.StartsWith("http://", StringComparison.Ordinal);
        var at = text.IndexOf("://", StringComparison.Ordinal);
        var address = at >= 0 ? text[(at + 3)..] : text;
        problem = "";
        if (at >= 0 && !isPlaintext && !text.StartsWith("https://", StringComparison.Ordinal))
            problem = "begins with neither https:// nor http://";
        else if (!IPEndPoint.TryParse(address, out _) || !HasPort(address))
            problem = "is no IP address with a port, as 127.0.0.1:8443";
        else if (isPlaintext && !IPAddress.IsLoopback(IPEndPoint.Parse(address).Address))
            problem = "would let anybody in: plaintext is for loopback addresses alone";
        return problem.Length > 0 ? null : new ApiListen(IPEndPoint.Parse(address), isPlaintext);
    }

    private static bool HasPort(string address) =>
        address.LastIndexOf(':') > address.LastIndexOf(']')
        && address.Count(static c => c == ':') is var colons
        && (colons == 1 || address[0] == '[');
}

/// <summary>How the resource API runs.</summary>
public sealed record ResourceApiOptions
{
    /// <summary>None: there is no API.</summary>
    public IReadOnlyList<ApiListen> Listen { get; init; } = [];

    /// <summary>Where what must outlive the process is: keys and tokens in <c>api/</c>.</summary>
    public string DataDirectory { get; init; } = ".lateen";

    /// <summary>PEM file with the server's certificate, and what is between it and its root; null for one of our own authority.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>PEM file with its key; null when it is in the same file.</summary>
    public string? KeyPath { get; init; }

    /// <summary>PEM file with authorities of clients' certificates; null for our own, or none beside a given certificate.</summary>
    public string? ClientAuthorityPath { get; init; }

    /// <summary>Tokens beside the administrator's, as in Kubernetes' token file; null for none.</summary>
    public string? TokenPath { get; init; }
}
