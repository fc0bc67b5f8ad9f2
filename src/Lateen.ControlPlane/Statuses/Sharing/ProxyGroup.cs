// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses.Sharing;

/// <summary>Proxies of a control plane that are equally far, in terms that all control planes of the store understand.</summary>
/// <param name="Proxies">How many they are.</param>
/// <param name="Pushed">What they were told all about.</param>
/// <param name="Open">What they did not acknowledge.</param>
/// <param name="Refusals">Some of them with what they refuse and why, as <c>ID: WHY</c>.</param>
internal sealed record ProxyGroup(
    int Proxies,
    StoreHorizon Pushed,
    IReadOnlyList<OpenSpan> Open,
    IReadOnlyList<string> Refusals
)
{
    /// <summary>Whether they have all that came of the store until then; if not, whether that is because they refuse it.</summary>
    public bool Has(StoreHorizon needed, out bool isRefused)
    {
        var has = Pushed.Covers(needed);
        isRefused = false;
        foreach (var open in Open)
        {
            if (open.Before.Covers(needed) || !open.Last.Covers(needed))
                continue;
            has = false;
            isRefused |= open.IsRefused;
        }
        return has;
    }
}

/// <summary>What came of a span of revisions, and proxies did not acknowledge.</summary>
/// <param name="Before">What was taken of the store before the span.</param>
/// <param name="Last">And at its end.</param>
/// <param name="IsRefused">Or their answer is awaited.</param>
internal sealed record OpenSpan(StoreHorizon Before, StoreHorizon Last, bool IsRefused);
