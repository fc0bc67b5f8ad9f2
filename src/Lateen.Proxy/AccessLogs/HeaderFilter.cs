// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary><c>header_filter</c>: the request, as it is when it is over, meets the condition. A TCP connection has no header.</summary>
internal sealed class HeaderFilter(HeaderMatchSpec header) : AccessLogFilter
{
    private readonly HeaderCondition _condition = new(header);

    public override bool Matches(StreamInfo stream) => _condition.IsMet(stream.Request);
}
