// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Loop;

/// <summary>How a listening socket is made.</summary>
public sealed record ListenOptions
{
    public static ListenOptions Default { get; } = new();

    /// <summary>Connections the kernel holds for us: as many as it may (somaxconn), as with Envoy's <c>tcp_backlog_size</c>.</summary>
    public int Backlog { get; init; } = int.MaxValue;

    /// <summary>Several sockets, one per worker, on one port, among which the kernel spreads connections; on by default (Envoy <c>enable_reuse_port</c>).</summary>
    public bool ReusePort { get; init; } = true;
}
