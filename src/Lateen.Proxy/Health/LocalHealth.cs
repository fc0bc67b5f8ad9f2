// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health;

/// <summary>Whether this proxy says of itself that it is well (Envoy <c>/healthcheck/fail</c> and <c>/ok</c>). Any thread.</summary>
public sealed class LocalHealth
{
    private int _isFailed;

    public bool IsFailed
    {
        get => Volatile.Read(ref _isFailed) != 0;
        set => Volatile.Write(ref _isFailed, value ? 1 : 0);
    }
}
