// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>A certificate and its key in files, read for each connection: they may be exchanged.</summary>
internal sealed class CertificateFiles : ClusterCredentials
{
    private readonly string _certificate;
    private readonly string _key;
    private readonly Lock _gate = new();
    private X509Certificate2 _current;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">It is no certificate with its key.</exception>
    public CertificateFiles(string certificate, string key)
    {
        (_certificate, _key) = (certificate, key);
        _current = Read();
    }

    public override X509Certificate2? Certificate
    {
        get
        {
            lock (_gate)
            {
                try
                {
                    _current = Read();
                }
                catch (Exception failure)
                    when (failure is IOException or UnauthorizedAccessException or CryptographicException)
                {
                    // They are just being exchanged, or never come back: then the server says what it thinks of the one that there was.
                }
                return _current;
            }
        }
    }

    private X509Certificate2 Read() => X509Certificate2.CreateFromPemFile(_certificate, _key);
}
