// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters.Balancing;

/// <summary>Gives localities their turns by weight, and leaves the endpoint to the locality's own picker.</summary>
internal sealed class LocalityPicker(EndpointPicker[] localities, WeightedTurns turns) : EndpointPicker
{
    public override EndpointState? Pick(in PickContext context)
    {
        var index = turns.Next(context.Worker);
        return index < 0 ? null : localities[index].Pick(in context);
    }
}
