// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Cli.Resources;

/// <summary>Takes the values out of two versions of a Secret, and leaves which of them differ (as kubectl does).</summary>
internal static class SecretMask
{
    private const string Same = "***";
    private const string Before = "*** (before)";
    private const string After = "*** (after)";

    public static void Hide(JsonObject? before, JsonObject after)
    {
        foreach (var field in new[] { "data", "stringData" })
        {
            var (old, current) = (before.Member(field) as JsonObject, after.Member(field) as JsonObject);
            foreach (var name in Names(old).Union(Names(current)).ToList())
            {
                var isSame = JsonNode.DeepEquals(old?[name], current?[name]);
                if (old?.ContainsKey(name) == true)
                    old[name] = isSame || current?.ContainsKey(name) != true ? Same : Before;
                if (current?.ContainsKey(name) == true)
                    current[name] = isSame || old?.ContainsKey(name) != true ? Same : After;
            }
        }
    }

    private static IEnumerable<string> Names(JsonObject? map) => map?.Select(static entry => entry.Key) ?? [];
}
