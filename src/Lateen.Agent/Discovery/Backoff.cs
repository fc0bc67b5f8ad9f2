// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Agent.Discovery;

/// <summary>
/// Waiting times between attempts: exponential with full jitter, as Envoy's (a random share of an interval that doubles from
/// 500 ms).
/// </summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan s_base = TimeSpan.FromMilliseconds(500);

    /// <summary>Lateen's choice where Envoy has 30 s: a control plane that returns is found again within 5 s.</summary>
    private static readonly TimeSpan s_max = TimeSpan.FromSeconds(5);

    private TimeSpan _interval = s_base;

    public TimeSpan Next()
    {
        var wait = _interval * random.NextDouble();
        _interval = _interval * 2 < s_max ? _interval * 2 : s_max;
        return wait;
    }

    /// <summary>The connection was good: the next failure starts from the beginning.</summary>
    public void Reset() => _interval = s_base;
}
