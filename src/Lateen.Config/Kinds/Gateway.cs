// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds;

/// <summary>What proxies at the edge listen for (Istio <c>networking.istio.io Gateway</c>).</summary>
public sealed record Gateway
{
    /// <summary>Labels of the proxies that serve it.</summary>
    public required IReadOnlyDictionary<string, string> Selector { get; init; }

    public required IReadOnlyList<GatewayServer> Servers { get; init; }
}

/// <param name="Hosts"><c>namespace/host</c> or host; a <c>*.</c> wildcard is allowed in front.</param>
/// <param name="Bind">Address to listen on; empty for all.</param>
public sealed record GatewayServer(ServicePort Port, IReadOnlyList<string> Hosts, string Bind, string Name);
