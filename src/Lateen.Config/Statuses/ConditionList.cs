// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;

namespace Lateen.Config.Statuses;

/// <summary>Conditions as a list in a status.</summary>
public static class ConditionList
{
    /// <summary>The list with these conditions in it; those of other types stay. Times move only where a status does.</summary>
    /// <param name="generation">Of the object that the conditions are about.</param>
    public static JsonArray With(JsonNode? list, IEnumerable<Condition> conditions, long generation, DateTimeOffset now)
    {
        var result = new JsonArray([
            .. list.Items().Where(static item => item is JsonObject).Select(static item => item!.DeepClone()),
        ]);
        foreach (var condition in conditions)
        {
            var at = Find(result, condition.Type);
            var written = Write(condition, at < 0 ? null : result[at], generation, now);
            if (at < 0)
                result.Add(written);
            else
                result[at] = written;
        }
        return result;
    }

    /// <summary>A condition of a list as it is of a generation; null where it is not there or of an older one.</summary>
    public static JsonNode? Of(JsonNode? list, string type, long generation) =>
        list.Items().FirstOrDefault(item => item.Text("type") == type) is { } found
        && found.Member("observedGeneration").AsNumber() == generation
            ? found
            : null;

    private static int Find(JsonArray list, string type)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Text("type") == type)
                return i;
        }
        return -1;
    }

    private static JsonObject Write(Condition condition, JsonNode? before, long generation, DateTimeOffset now)
    {
        var since = before.Text("status") == condition.Status ? before.Text("lastTransitionTime") : null;
        return new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            ["observedGeneration"] = generation,
            // As metav1.Time: seconds, UTC.
            ["lastTransitionTime"] =
                since ?? now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
    }
}
