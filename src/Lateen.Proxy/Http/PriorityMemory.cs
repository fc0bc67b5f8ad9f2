// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Http;

/// <summary>The priorities that a request has seen (Envoy's <c>previous_priorities</c>).</summary>
internal struct PriorityMemory
{
    private UInt128 _seen;
    private int _tries;

    /// <summary>A bit for each priority that the next try is to leave out.</summary>
    public UInt128 Excluded { get; private set; }

    /// <param name="frequency">Tries after which those that were seen are left out.</param>
    public void OnTried(int priority, int frequency)
    {
        // Bit 127 stands for every priority from there on, of which there are two.
        _seen |= UInt128.One << Math.Min(priority, 127);
        if (++_tries % frequency == 0)
            Excluded = _seen;
    }
}
