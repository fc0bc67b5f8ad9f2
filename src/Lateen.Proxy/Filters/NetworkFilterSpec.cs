// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.AccessLogs;

namespace Lateen.Proxy.Filters;

/// <summary>The network filter that ends a filter chain.</summary>
public abstract record NetworkFilterSpec
{
    /// <summary><c>stat_prefix</c>.</summary>
    public required string StatPrefix { get; init; }

    public IReadOnlyList<AccessLogSpec> AccessLogs { get; init; } = [];
}
