// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health;

/// <summary>What outlier detection remembers of an endpoint. Counters may be touched by every worker.</summary>
public sealed class EndpointRecord
{
    private int _consecutive5xx;
    private int _consecutiveGateway;
    private int _consecutiveLocal;

    internal RequestWindow External { get; } = new();

    internal RequestWindow Local { get; } = new();

    /// <summary>Ejections in a row; goes down with each interval of good behaviour.</summary>
    internal int Ejections { get; set; }

    /// <summary>When the ejection is over; 0 when there is none.</summary>
    internal long EjectedUntil { get; set; }

    internal bool Is5xxReached(uint threshold) => Interlocked.Increment(ref _consecutive5xx) >= threshold;

    internal bool IsGatewayReached(uint threshold) => Interlocked.Increment(ref _consecutiveGateway) >= threshold;

    internal bool IsLocalReached(uint threshold) => Interlocked.Increment(ref _consecutiveLocal) >= threshold;

    internal void Reset5xx() => Reset(ref _consecutive5xx);

    internal void ResetGateway() => Reset(ref _consecutiveGateway);

    internal void ResetLocal() => Reset(ref _consecutiveLocal);

    /// <summary>Healthy endpoints are reset with every answer: looking first leaves the line shared between the workers.</summary>
    private static void Reset(ref int counter)
    {
        if (Volatile.Read(ref counter) != 0)
            Volatile.Write(ref counter, 0);
    }
}
