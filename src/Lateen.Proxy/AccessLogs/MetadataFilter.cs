// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary>
/// <c>metadata_filter</c>: what listener filters noted of the connection (<c>%DYNAMIC_METADATA%</c>) has a value that is wanted; where
/// there is none, as it is told.
/// </summary>
/// <param name="key">Where it stands; null for nowhere.</param>
/// <param name="value">What it must be.</param>
/// <param name="matchesMissing"><c>match_if_key_not_found</c>, true by default.</param>
internal sealed class MetadataFilter(MetadataKeySpec? key, MetadataValueMatcher value, bool matchesMissing)
    : AccessLogFilter
{
    public override bool Matches(StreamInfo stream) =>
        key?.Find(stream.Inspected) is { } text ? value.Matches(text) : matchesMissing;
}
