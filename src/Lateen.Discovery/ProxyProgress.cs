// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Discovery;

/// <summary>How far a proxy is with the configuration.</summary>
/// <param name="Pushed">Revision of which it was told everything that concerns it; 0 before the first answer.</param>
/// <param name="Open">What it was told and did not acknowledge.</param>
public sealed record ProxyProgress(long Pushed, IReadOnlyList<Shortfall> Open)
{
    public static ProxyProgress None { get; } = new(0, []);

    /// <summary>
    /// Whether the proxy has what came of a revision, or needs nothing of it. False for an answer that is still awaited, or was a refusal.
    /// </summary>
    /// <param name="refusal">What the proxy refused, in its words; empty when it did not.</param>
    public bool Has(long revision, out string refusal)
    {
        refusal = "";
        var has = Pushed >= revision;
        foreach (var shortfall in Open)
        {
            if (revision < shortfall.First || revision > shortfall.Last)
                continue;
            has = false;
            if (shortfall.Error.Length > 0)
                refusal = shortfall.Error;
        }
        return has;
    }
}

/// <summary>Resources that a proxy was sent and did not take (yet).</summary>
/// <param name="First">The revisions from which they came, first and last.</param>
/// <param name="Error">Why it refused them; empty while its answer is awaited.</param>
public readonly record struct Shortfall(string TypeUrl, long First, long Last, string Error);
