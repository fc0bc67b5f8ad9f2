// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Yaml;

namespace Lateen.Config.Statuses;

/// <summary>A condition in the status of an object as somebody wrote it down, with <c>kubectl get -o yaml</c> say.</summary>
/// <param name="Field">Where it is in the object: <c>status.conditions[0]</c>, or below one of <c>status.parents</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
internal sealed record ReportedCondition(string Field, string Type, string Status, string Reason, string Message)
{
    /// <summary>Those of the object itself, then those of each parent (Gateway API). What has another form is passed over: it is nobody's configuration.</summary>
    public static IReadOnlyList<ReportedCondition> Of(YamlMapping document)
    {
        if (document.Find("status") is not YamlMapping status)
            return [];
        var found = new List<ReportedCondition>();
        Read("status", status, found);
        if (status.Find("parents") is YamlSequence parents)
        {
            for (var i = 0; i < parents.Items.Count; i++)
            {
                if (parents.Items[i] is YamlMapping parent)
                    Read($"status.parents[{i}]", parent, found);
            }
        }
        return found;
    }

    private static void Read(string field, YamlMapping holder, List<ReportedCondition> found)
    {
        if (holder.Find("conditions") is not YamlSequence conditions)
            return;
        for (var i = 0; i < conditions.Items.Count; i++)
        {
            if (conditions.Items[i] is YamlMapping condition)
                found.Add(
                    new ReportedCondition(
                        $"{field}.conditions[{i}]",
                        Text(condition, "type"),
                        Text(condition, "status"),
                        Text(condition, "reason"),
                        Text(condition, "message")
                    )
                );
        }
    }

    private static string Text(YamlMapping map, string name) => (map.Find(name) as YamlScalar)?.Value ?? "";
}
