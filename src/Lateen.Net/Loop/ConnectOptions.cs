// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Loop;

/// <summary>How an outgoing connection is made.</summary>
public sealed record ConnectOptions
{
    public static ConnectOptions Default { get; } = new();

    /// <summary>Source address to bind to, port 0 for any (Envoy <c>BindConfig.source_address</c>); none by default.</summary>
    public NetAddress Source { get; init; }

    /// <summary>TCP keep-alive (Envoy <c>TcpKeepalive</c>); off by default.</summary>
    public TcpKeepAlive? KeepAlive { get; init; }
}

/// <summary>TCP keep-alive; null leaves a value to the operating system.</summary>
/// <param name="Probes">Unanswered probes before the connection counts as broken.</param>
/// <param name="Time">Idle time before the first probe, in whole seconds.</param>
/// <param name="Interval">Time between probes, in whole seconds.</param>
public sealed record TcpKeepAlive(int? Probes = null, TimeSpan? Time = null, TimeSpan? Interval = null);
