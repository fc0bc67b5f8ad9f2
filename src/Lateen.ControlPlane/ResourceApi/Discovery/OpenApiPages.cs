// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Discovery;

/// <summary>The OpenAPI documents of all kinds. Made with the first question for them; kinds do not change while a program runs.</summary>
internal static class OpenApiPages
{
    private static readonly Lazy<JsonObject> s_v2 = new(static () => OpenApiWriter.V2(ServedKinds.All));
    private static readonly Lazy<byte[]> s_v2Json = new(static () => ResponseBody.Json(s_v2.Value));
    private static readonly Lazy<byte[]> s_v2Protobuf = new(static () => OpenApiProtobuf.Write(s_v2.Value));
    private static readonly ConcurrentDictionary<(string Group, string Version), byte[]> s_v3 = new();

    public static byte[] V2Json => s_v2Json.Value;

    /// <summary>The form in which kubectl reads it.</summary>
    public static byte[] V2Protobuf => s_v2Protobuf.Value;

    public static byte[] V3(string group, string version) =>
        s_v3.GetOrAdd(
            (group, version),
            static key => ResponseBody.Json(OpenApiWriter.V3(key.Group, key.Version, ServedKinds.All))
        );

    /// <summary>Where the documents of the third version are; the hash lets clients keep them.</summary>
    public static JsonObject V3Index()
    {
        var paths = new JsonObject();
        foreach (var group in ServedKinds.Groups.Prepend(""))
        {
            foreach (var version in ServedKinds.VersionsOf(group))
            {
                var path = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
                var hash = Convert.ToHexString(SHA256.HashData(V3(group, version)));
                paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
            }
        }
        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>Whether the client takes the document of the second version as protobuf; which form it prefers decides.</summary>
    public static bool PrefersProtobuf(string accept)
    {
        foreach (var range in accept.Split(','))
        {
            var type = range.Split(';')[0].Trim();
            if (type is OpenApiProtobuf.MediaType or OpenApiProtobuf.OldMediaType)
                return true;
            if (type is ResponseForm.Json or "*/*" or "application/*")
                return false;
        }
        return false;
    }
}
