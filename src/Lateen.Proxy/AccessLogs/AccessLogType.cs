// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.AccessLogs;

/// <summary>When a line is written, with Envoy's numbers (<c>envoy.data.accesslog.v3.AccessLogType</c>): those that this proxy writes.</summary>
public enum AccessLogType : byte
{
    /// <summary>A listener's own log: the connection found no filter chain.</summary>
    NotSet = 0,
    TcpConnectionEnd = 3,
    DownstreamEnd = 6,
}
