// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Runtime;

/// <summary>
/// How long the proxy waits for the first answer of the sources that nothing names (<c>cds_config</c> and <c>lds_config</c> of a
/// bootstrap, <c>initial_fetch_timeout</c>); 0 for ever. Then it goes on without.
/// </summary>
/// <param name="Clusters">15 s, as Envoy; Istio's bootstrap has 0.</param>
/// <param name="Listeners">15 s, as Envoy, from when clusters are in force; Istio's bootstrap has 0.</param>
public sealed record SourceTimeouts(TimeSpan Clusters, TimeSpan Listeners)
{
    public static SourceTimeouts Default { get; } = new(InitialFetches.DefaultTimeout, InitialFetches.DefaultTimeout);
}
