// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Loop;

/// <summary>How a listening socket is made.</summary>
public sealed record ListenOptions
{
    public static ListenOptions Default { get; } = new();

    /// <summary>Connections the kernel holds for us; 4096 (as Envoy's <c>tcp_backlog_size</c> on a current Linux, whose somaxconn caps it).</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Several sockets, one per worker, on one port, among which the kernel spreads connections; on by default (Envoy <c>enable_reuse_port</c>).</summary>
    public bool ReusePort { get; init; } = true;
}
