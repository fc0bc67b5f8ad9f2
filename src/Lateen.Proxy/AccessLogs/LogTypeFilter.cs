// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary><c>log_type_filter</c>: lines of one of the types, or of none of them where they are excluded.</summary>
/// <param name="types">One bit each, by <see cref="AccessLogType"/>.</param>
/// <param name="excludes">Theirs are left out.</param>
internal sealed class LogTypeFilter(uint types, bool excludes) : AccessLogFilter
{
    /// <summary>The last of Envoy's types, <c>UdpSessionEnd</c>.</summary>
    public const int Highest = 13;

    public override bool Matches(StreamInfo stream) => ((types >> (int)stream.LogType & 1) != 0) != excludes;
}
