// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Server;

/// <summary>Which listeners a drain is about.</summary>
public enum DrainScope : byte
{
    None,

    /// <summary>Those for traffic to the workload (Envoy <c>inboundonly</c>).</summary>
    Inbound,
    All,
}
