// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// How fast statuses are written: never so that a change of the configuration would have to wait behind them. There may be 20,000 at once, when a control
/// plane is the first on its store or when a proxy comes and everybody's count is another one.
/// </summary>
internal static class StatusPace
{
    /// <summary>So many are written without a pause.</summary>
    public const int Batch = 10;

    /// <summary>How long a batch takes at the least, its pause included: 500 statuses a second.</summary>
    public static readonly TimeSpan News = TimeSpan.FromMilliseconds(20);

    /// <summary>The same for counts that are brought up to date: 100 a second, as Istio's PILOT_STATUS_QPS.</summary>
    public static readonly TimeSpan Recounts = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a count must be the same before it takes the place of one that was complete.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>How long one that was complete stands at the most when it is no longer so: proxies may come and go for ever.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(1);

    /// <summary>How often an object's count of proxies is written on their way to all.</summary>
    public static readonly TimeSpan Progress = TimeSpan.FromSeconds(1);

    /// <summary>What comes after a batch: where the store is slow, as long as the batch took.</summary>
    public static TimeSpan PauseAfter(TimeSpan took, bool isRecount)
    {
        var rest = (isRecount ? Recounts : News) - took;
        return rest > took ? rest : took;
    }
}
