// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// Chooses what a server shows by the client's SNI, as Envoy: exact name, then the wildcard for its parent, then the
/// first certificate. Certificates of different key kinds for one name are shown together; the client's abilities decide.
/// </summary>
internal sealed class CertificateSelector
{
    private readonly Dictionary<string, List<NativeCertificate>> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<NativeCertificate> _default = [];

    public CertificateSelector(IReadOnlyList<NativeCertificate> certificates)
    {
        foreach (var certificate in certificates)
        {
            foreach (var name in NamesOf(certificate))
            {
                if (!_byName.TryGetValue(name, out var sameName))
                    _byName[name] = sameName = [];
                AddUnlessKindIsThere(sameName, certificate);
            }
        }
        var names = string.Join(' ', NamesOf(certificates[0]));
        foreach (var certificate in certificates)
        {
            if (string.Equals(names, string.Join(' ', NamesOf(certificate)), StringComparison.OrdinalIgnoreCase))
                AddUnlessKindIsThere(_default, certificate);
        }
        IsNeeded = _default.Count < certificates.Count;
    }

    /// <summary>False when every client gets the same certificates.</summary>
    public bool IsNeeded { get; }

    public IReadOnlyList<NativeCertificate> Default => _default;

    public IReadOnlyList<NativeCertificate> For(string serverName)
    {
        if (serverName.Length == 0)
            return _default;
        if (_byName.TryGetValue(serverName, out var exact))
            return exact;
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue($"*{serverName.AsSpan(dot)}", out var wildcard) ? wildcard : _default;
    }

    /// <summary>Gives a connection its certificates; false when OpenSSL refuses them.</summary>
    public bool Install(nint ssl, string serverName)
    {
        OpenSsl.ClearCertificates(ssl);
        foreach (var certificate in For(serverName))
        {
            if (OpenSsl.UseCertificateFor(ssl, certificate.Leaf, certificate.Key, certificate.Issuers, 1) != 1)
                return false;
        }
        return true;
    }

    /// <summary>DNS names, or the common name where there is none (as Envoy).</summary>
    private static IReadOnlyList<string> NamesOf(NativeCertificate certificate) =>
        certificate.Description is not { } description ? []
        : description.DnsNames.Count > 0 ? description.DnsNames
        : description.CommonName is { } name ? [name]
        : [];

    private static void AddUnlessKindIsThere(List<NativeCertificate> list, NativeCertificate certificate)
    {
        foreach (var other in list)
        {
            if (other.KeyKind == certificate.KeyKind)
                return;
        }
        list.Add(certificate);
    }
}
