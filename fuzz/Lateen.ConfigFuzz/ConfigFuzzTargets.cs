// SPDX-License-Identifier: Apache-2.0
using Lateen.Fuzz;

namespace Lateen.ConfigFuzz;

/// <summary>Everything of the control plane that is fuzzed.</summary>
internal static class ConfigFuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [new ObjectTextTarget(), new PatchTarget(), new SelectorTarget(), new ApiRequestTarget()];
}
