// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary>Where the next page of a list begins. Clients hand it back as they got it.</summary>
/// <param name="Revision">Of the first page; all pages are of one moment. 0 for now.</param>
internal sealed record ContinueToken(long Revision, string Namespace, string Name)
{
    private const string Version = "lateen.io/v1";

    public ObjectKey After(ApiTarget target) => new(target.Kind.Group, target.Kind.Plural, Namespace, Name);

    /// <summary>Null for a text that is none of ours.</summary>
    public static ContinueToken? Parse(string text)
    {
        try
        {
            var json = JsonNode.Parse(Base64Url.DecodeFromChars(text));
            return
                json.Text("v") == Version
                && json.Text("rv") is { } revision
                && StoredObjects.Revision(revision) is { } number
                ? new ContinueToken(number, json.Text("ns") ?? "", json.Text("name") ?? "")
                : null;
        }
        catch (Exception failure)
            when (failure is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var json = new JsonObject
        {
            ["v"] = Version,
            ["rv"] = StoredObjects.Text(Revision),
            ["ns"] = Namespace,
            ["name"] = Name,
        };
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
