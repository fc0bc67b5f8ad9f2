// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>Versions served. TLS 1.0 and 1.1 are not (RFC 8996). Values are those on the wire.</summary>
public enum TlsVersion
{
    Tls12 = 0x0303,
    Tls13 = 0x0304,
}
