// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Tls;

/// <summary>What a server does about certificates without an OCSP response that is good (Envoy <c>OcspStaplePolicy</c>).</summary>
public enum OcspStaplePolicy : byte
{
    /// <summary>Such a certificate is shown without one.</summary>
    LenientStapling,

    /// <summary>A certificate whose response has expired is not shown to clients that ask for one.</summary>
    StrictStapling,

    /// <summary>Every certificate needs a response; without a good one it is not shown to clients that ask for it.</summary>
    MustStaple,
}

/// <summary>What became of a client's wish for an OCSP response; each is a statistic of Envoy's (<c>ssl.ocsp_staple_*</c>).</summary>
public enum OcspOutcome : byte
{
    NotRequested,
    Stapled,
    Omitted,

    /// <summary>No certificate may be shown under the policy: the handshake fails.</summary>
    Failed,
}
