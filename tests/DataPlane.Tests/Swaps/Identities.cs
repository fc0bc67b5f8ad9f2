// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using DataPlane.Tests.Tls;

namespace DataPlane.Tests.Swaps;

/// <summary>
/// The authorities and certificates of a mesh as they are rotated: a new root is trusted before anything is issued by it, an
/// old one until nothing of it is in use.
/// </summary>
internal sealed class Identities : IDisposable
{
    public const string UpstreamName = "up.test";

    private readonly List<TestAuthority> _authorities = [new("Root 0")];
    private List<TestAuthority> _trusted;

    public Identities()
    {
        _trusted = [_authorities[0]];
        Upstream = IssueUpstream();
        Client = IssueClient();
    }

    private TestAuthority Current => _authorities[^1];

    /// <summary>What the upstream shows.</summary>
    public X509Certificate2 Upstream { get; private set; }

    /// <summary>What the proxy's clients show where they are asked.</summary>
    public X509Certificate2 Client { get; private set; }

    /// <summary>The roots in force, PEM.</summary>
    public string Bundle => string.Concat(_trusted.Select(static root => Encoding.ASCII.GetString(root.Pem) + "\n"));

    public TestCertificate IssueServer() => Current.Issue(CertificateOrder.ForDns("a.test", "b.test"));

    public TestCertificate IssueForProxy() => Current.Issue(CertificateOrder.ForSpiffe("spiffe://swaps/ns/a/sa/proxy"));

    /// <summary>A second root comes to the bundle; nothing is issued by it yet.</summary>
    public TestAuthority TrustAnother()
    {
        var next = new TestAuthority($"Root {_authorities.Count}");
        _trusted = [.. _trusted, next];
        return next;
    }

    /// <summary>From here on everything is issued by the newest root.</summary>
    public void IssueBy(TestAuthority next)
    {
        _authorities.Add(next);
        Upstream = IssueUpstream();
        Client = IssueClient();
    }

    /// <summary>The bundle has the newest root alone.</summary>
    public void DistrustOld() => _trusted = [Current];

    /// <summary>Whether a certificate was issued by a root in force.</summary>
    public bool Trusts(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var root in _trusted)
            chain.ChainPolicy.CustomTrustStore.Add(root.Root);
        return chain.Build(certificate);
    }

    public string BundleSecret(string name) =>
        $$"""{"name":"{{name}}","validationContext":{"trustedCa":{"inlineString":"{{JsonEncodedText.Encode(
            Bundle
        )}}"} } }""";

    public void Dispose()
    {
        foreach (var authority in _authorities)
            authority.Dispose();
    }

    private X509Certificate2 IssueUpstream() => Current.Issue(CertificateOrder.ForDns(UpstreamName)).ForDotNet();

    private X509Certificate2 IssueClient() =>
        Current.Issue(CertificateOrder.ForSpiffe("spiffe://swaps/ns/a/sa/client")).ForDotNet();
}
