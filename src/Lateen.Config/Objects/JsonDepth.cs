// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects;

/// <summary>How deep values are nested. All that is stored can be read again, so patches must not go deeper than readers do.</summary>
public static class JsonDepth
{
    /// <summary>The readers' limit; that of System.Text.Json and of our YAML.</summary>
    public const int Max = 64;

    /// <summary>0 for a scalar, 1 for an object of scalars.</summary>
    public static int Of(JsonNode? node) =>
        node switch
        {
            JsonObject map => 1 + map.Select(static entry => Of(entry.Value)).DefaultIfEmpty().Max(),
            JsonArray list => 1 + list.Select(Of).DefaultIfEmpty().Max(),
            _ => 0,
        };
}
