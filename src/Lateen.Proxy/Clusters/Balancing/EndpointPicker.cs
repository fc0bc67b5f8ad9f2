// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>
/// Chooses among some endpoints of one priority. Shared by all workers, each of which has its own place in what changes;
/// allocates nothing.
/// </summary>
internal abstract class EndpointPicker
{
    public abstract EndpointState? Pick(in PickContext context);
}

/// <summary>Nobody to choose from.</summary>
internal sealed class NoEndpoints : EndpointPicker
{
    public static NoEndpoints Instance { get; } = new();

    public override EndpointState? Pick(in PickContext context) => null;
}
