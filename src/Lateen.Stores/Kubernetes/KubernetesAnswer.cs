// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Stores.Kubernetes;

/// <summary>An answer of the API server.</summary>
/// <param name="Content">Null where it is no JSON: what it says of paths that it does not know at all is plain text.</param>
/// <param name="Text">What it is then.</param>
internal sealed record KubernetesAnswer(HttpStatusCode Status, JsonNode? Content, string Text = "")
{
    /// <summary>Why it did not do what was asked, in its own words.</summary>
    public string Message =>
        Content.Text("message") is { Length: > 0 } message ? message
        : Text.Trim() is { Length: > 0 and < 200 } text ? text
        : $"{(int)Status} {Status}";

    /// <summary>What kind of thing it speaks of, as <c>namespaces</c>.</summary>
    public string Subject => Content.Member("details").Text("kind") ?? "";
}
