// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary>
/// <c>traceable_filter</c>: requests that are traced. As in Envoy, no request is where the connection manager has no
/// <c>tracing</c>, which this proxy's have not.
/// </summary>
internal sealed class TraceableFilter : AccessLogFilter
{
    public override bool Matches(StreamInfo stream) => false;
}
