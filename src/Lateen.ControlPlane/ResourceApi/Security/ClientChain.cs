// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>Whether a certificate comes from one of the authorities that we trust, and from no other.</summary>
internal static class ClientChain
{
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <param name="usage">What it must be for; null for anything.</param>
    public static bool IsIssuedBy(
        X509Certificate2 certificate,
        X509Certificate2Collection authorities,
        string? usage,
        TimeProvider time
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Nothing is fetched from anywhere: an address in a certificate is its holder's to choose.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        if (usage is not null)
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        return chain.Build(certificate);
    }

    /// <summary>The common name is the user, each organisation a group (Kubernetes).</summary>
    public static ApiUser? UserOf(X509Certificate2 certificate)
    {
        string? name = null;
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements || part.GetSingleElementValue() is not { Length: > 0 } value)
                continue;
            switch (part.GetSingleElementType().Value)
            {
                case "2.5.4.3":
                    name = value;
                    break;
                case "2.5.4.10":
                    groups.Add(value);
                    break;
            }
        }
        return name is null ? null : new ApiUser(name, groups);
    }
}
