// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>A SPIFFE trust domain and who vouches for its workloads (Envoy <c>SPIFFECertValidatorConfig.TrustDomain</c>).</summary>
/// <param name="Name">As <c>cluster.local</c>, without <c>spiffe://</c>.</param>
/// <param name="Bundle">PEM: certificates, and revocation lists, which then every issuer needs.</param>
public sealed record TrustDomain(string Name, ReadOnlyMemory<byte> Bundle);
