// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters.Balancing;
using CoreApi = Envoy.Config.Core.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Metadata that routes and endpoints have for load balancing, under <c>envoy.lb</c>.</summary>
internal static class MetadataDecoder
{
    private const string Filter = "envoy.lb";

    /// <summary>Keys of <paramref name="metadata"/>, and of <paramref name="below"/> those it has not; null for none.</summary>
    public static SubsetKey? Subset(CoreApi.Metadata? metadata, CoreApi.Metadata? below)
    {
        var texts = Texts(below);
        foreach (var (key, value) in Texts(metadata))
            texts[key] = value;
        return texts.Count == 0 ? null : new SubsetKey(texts);
    }

    /// <summary>What stands under one filter's name; values as JSON.</summary>
    public static Dictionary<string, string> Texts(CoreApi.Metadata? metadata, string filter = Filter) =>
        EndpointDecoder.Texts(
            metadata is not null && metadata.FilterMetadata.TryGetValue(filter, out var fields) ? fields : null
        );
}
