// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Clusters;

/// <summary>How busy connections are, in streams.</summary>
/// <param name="Pending">Streams that wait for a connection.</param>
/// <param name="Active">Streams under way.</param>
/// <param name="Capacity">
/// Streams that connections have room for, those included that are on their way. Two connections of HTTP/2 may have 2^31 each.
/// </param>
public readonly record struct PoolLoad(int Pending, int Active, long Capacity)
{
    public static PoolLoad operator +(in PoolLoad left, in PoolLoad right) =>
        new(left.Pending + right.Pending, left.Active + right.Active, left.Capacity + right.Capacity);

    public static PoolLoad operator -(in PoolLoad left, in PoolLoad right) =>
        new(left.Pending - right.Pending, left.Active - right.Active, left.Capacity - right.Capacity);
}
