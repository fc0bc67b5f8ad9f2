// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Lateen.Net.Tls;

/// <summary>
/// What sessions of a server are good for, as one hash that OpenSSL compares before it resumes one (as Envoy's session
/// context id). With given ticket keys a session may come from another context or another proxy, so all that decides
/// about who is let in, and to whom, is in it: a session never outlives the trust it was made under.
/// </summary>
internal static class SessionScope
{
    public static byte[] Compute(TlsOptions options, IReadOnlyList<NativeCertificate> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var certificate in certificates)
            Add(hash, certificate);
        foreach (var name in options.ServerNames)
            Add(hash, "server name", name);
        Add(hash, "requires", options.RequireClientCertificate.ToString());
        if (options.Validation is { } validation)
            Add(hash, validation);
        return hash.GetHashAndReset();
    }

    /// <summary>Who speaks: its names and its issuer, not its key, which every proxy may have of its own.</summary>
    private static void Add(IncrementalHash hash, NativeCertificate certificate)
    {
        if (certificate.Description is not { } description)
        {
            Add(hash, "certificate", certificate.Leaf.ToString()); // cannot be read: nobody else's sessions
            return;
        }
        Add(hash, "subject", description.CommonName ?? "");
        Add(hash, "issuer", description.Issuer);
        foreach (var kind in Enum.GetValues<SanKind>())
        {
            foreach (var name in description.NamesOf(kind))
                Add(hash, "name", name);
        }
    }

    private static void Add(IncrementalHash hash, PeerValidation validation)
    {
        Add(hash, "roots", validation.TrustedRoots.Span);
        foreach (var domain in validation.TrustDomains)
        {
            Add(hash, "trust domain", domain.Name);
            Add(hash, "bundle", domain.Bundle.Span);
        }
        Add(hash, "crl", validation.RevocationLists.Span);
        foreach (var pin in validation.CertificatePins)
            Add(hash, "certificate pin", pin.Span);
        foreach (var pin in validation.KeyPins)
            Add(hash, "key pin", pin.Span);
        foreach (var name in validation.Names)
            Add(hash, "san", name.Identity);
        Add(
            hash,
            "flags",
            $"{validation.OnlyLeafRevocation} {validation.AllowExpired} {validation.AcceptUntrusted} {validation.MaxDepth}"
        );
    }

    private static void Add(IncrementalHash hash, string what, string text) =>
        Add(hash, what, Encoding.UTF8.GetBytes(text));

    /// <summary>With lengths, so that no two lists of values make the same bytes.</summary>
    private static void Add(IncrementalHash hash, string what, ReadOnlySpan<byte> value)
    {
        hash.AppendData(Encoding.ASCII.GetBytes($"{what}:{value.Length}:"));
        hash.AppendData(value);
    }
}
