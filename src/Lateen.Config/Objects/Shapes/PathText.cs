// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.Shapes;

/// <summary>Elements of ownership records as people read them: <c>.spec.ports[port=80,protocol="TCP"].name</c>.</summary>
public static class PathText
{
    /// <summary>A whole path.</summary>
    public static string Of(IEnumerable<string> elements) => string.Concat(elements.Select(OfElement));

    /// <summary>One element, from its record (<c>f:spec</c>, <c>k:{"name":"a"}</c>, <c>v:"a"</c>, <c>i:0</c>).</summary>
    public static string OfElement(string element) =>
        element switch
        {
            ['f', ':', ..] => $".{element[2..]}",
            ['v', ':', ..] => $"[={element[2..]}]",
            ['k', ':', ..] => $"[{Keys(element[2..])}]",
            _ => $"[{element[2..]}]",
        };

    private static string Keys(string json)
    {
        var text = new StringBuilder();
        try
        {
            foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
                text.Append(text.Length > 0 ? "," : "")
                    .Append(name)
                    .Append('=')
                    .Append(value?.ToJsonString() ?? "null");
            return text.ToString();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or NullReferenceException)
        {
            // A record that somebody wrote by hand.
            return json;
        }
    }
}
