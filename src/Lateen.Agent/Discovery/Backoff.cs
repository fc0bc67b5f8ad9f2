// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Agent.Discovery;

/// <summary>Waiting times between attempts: they double from 500 ms to 30 s (Envoy's values), each with full jitter below its upper half.</summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan s_base = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_max = TimeSpan.FromSeconds(30);

    private TimeSpan _next = s_base;

    public TimeSpan Next()
    {
        var wait = _next * (0.5 + (random.NextDouble() / 2));
        _next = _next * 2 < s_max ? _next * 2 : s_max;
        return wait;
    }

    /// <summary>The connection was good: the next failure starts from the beginning.</summary>
    public void Reset() => _next = s_base;
}
