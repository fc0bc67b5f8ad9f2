// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Streams;

namespace Lateen.Proxy.Clusters;

/// <summary>
/// Where a value stands in dynamic metadata (Envoy <c>MetadataKey</c>): what listener filters noted of a connection is texts, one
/// level below the name of the filter.
/// </summary>
/// <param name="Namespace">The filter's name (<c>key</c>).</param>
/// <param name="Key">The one segment of the path; null for a longer path, under which no text can stand.</param>
public sealed record MetadataKeySpec(string Namespace, string? Key)
{
    /// <summary>Null where nothing stands.</summary>
    public string? Find(InspectedConnection connection)
    {
        var values = connection.Metadata;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Key == Key && values[i].Namespace == Namespace)
                return values[i].Value;
        }
        return null;
    }
}
