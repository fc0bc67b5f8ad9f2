// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Objects.ManagedFields;
using Lateen.Config.Objects.Shapes;
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Handling;

/// <summary><c>metadata.managedFields</c> of objects that are written.</summary>
internal static class OwnershipRecords
{
    private const string ManagedFields = "managedFields";
    private const string Kubectl = "kubectl";
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Notes who owns what after an update.</summary>
    /// <param name="before">The object as it is; null for a new one.</param>
    public static void Update(WriteContext context, JsonObject item, JsonObject? before, DateTimeOffset now)
    {
        var shape = KindShapes.Of(context.Target.Kind);
        var given = item.Part("metadata")[ManagedFields];
        // Who sends records may change them, as kubectl does when it goes over to apply; who sends none leaves them as they are.
        var records =
            ManagedFieldsJson.IsReset(given) ? []
            : context.Target.IsStatus ? RecordsOf(before)
            : ManagedFieldsJson.Read(given) is { Count: > 0 } sent ? sent
            : RecordsOf(before);
        var (old, next) = (Bare(before ?? []), Bare(item));
        Set(item, FieldOwnership.Update(records, old, next, context.Manager(isApplier: false), shape, now));
    }

    /// <summary>The object after somebody applied to it, or why that cannot be.</summary>
    /// <param name="live">The object as it is; its identity alone where it is not there yet.</param>
    public static Outcome<JsonObject> Apply(
        WriteContext context,
        JsonObject live,
        JsonObject config,
        bool isNew,
        DateTimeOffset now
    )
    {
        var target = context.Target;
        var shape = KindShapes.Of(target.Kind);
        var records = RecordsOf(live);
        if (records.Count == 0 && !isNew)
            records = FieldOwnership.Adopt(Bare(live), target.ApiVersion, shape);
        var manager = context.Manager(isApplier: true);
        var bare = Bare(live);
        var outcome = FieldOwnership.Apply(records, bare, config, manager, shape, context.Options.IsForced, now);
        if (outcome.Conflicts.Count > 0 && manager.Name == Kubectl && AreOwn(outcome.Conflicts, bare, shape))
            outcome = FieldOwnership.Apply(records, bare, config, manager, shape, isForced: true, now);
        if (outcome.Conflicts.Count > 0)
            return Conflict(outcome.Conflicts);
        KeepLastApplied(outcome.Object, config, manager);
        Set(outcome.Object, outcome.Records);
        return outcome.Object;
    }

    /// <summary>Whether two objects differ in nothing but the times of their records.</summary>
    public static bool IsSame(JsonObject a, JsonObject b)
    {
        if (!JsonNode.DeepEquals(Bare(a), Bare(b)))
            return false;
        var (first, second) = (RecordsOf(a), RecordsOf(b));
        return first.Count == second.Count
            && first.All(record =>
                second.Any(other => other.Manager == record.Manager && other.Fields.SetEquals(record.Fields))
            );
    }

    private static IReadOnlyList<ManagedFieldsEntry> RecordsOf(JsonObject? item) =>
        ManagedFieldsJson.Read(item.Member("metadata").Member(ManagedFields)) ?? [];

    private static void Set(JsonObject item, IReadOnlyList<ManagedFieldsEntry> records)
    {
        if (records.Count > 0)
            item.Part("metadata")[ManagedFields] = ManagedFieldsJson.Write(records);
        else
            item.Part("metadata").Remove(ManagedFields);
    }

    /// <summary>The object without its records and its resource version, which are no fields of anybody.</summary>
    private static JsonObject Bare(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        if (copy["metadata"] is JsonObject metadata)
        {
            metadata.Remove(ManagedFields);
            metadata.Remove("resourceVersion");
        }
        return copy;
    }

    /// <summary>
    /// Whoever goes over from applying at the client to applying here does not conflict with himself: what stands as he applied it last
    /// is his.
    /// </summary>
    private static bool AreOwn(IReadOnlyList<FieldConflict> conflicts, JsonObject live, ObjectShape shape)
    {
        if (live.Member("metadata").Member("annotations").Text(LastApplied) is not { } text)
            return false;
        if (ObjectText.FromJson(Encoding.UTF8.GetBytes(text)).Value is not JsonObject applied)
            return false;
        var own = FieldOwnership.Unchanged(live, applied, shape);
        return conflicts.All(conflict => own.Contains(conflict.Path));
    }

    /// <summary>
    /// Where <c>kubectl apply</c> was used before without the server, it keeps what it applied in an annotation. It is kept up to date, so
    /// that one may go back.
    /// </summary>
    private static void KeepLastApplied(JsonObject item, JsonObject config, FieldManager manager)
    {
        if (manager.Name != Kubectl || item.Member("metadata").Member("annotations") is not JsonObject annotations)
            return;
        if (!annotations.ContainsKey(LastApplied))
            return;
        var applied = Bare(config);
        (applied.Member("metadata").Member("annotations") as JsonObject)?.Remove(LastApplied);
        annotations[LastApplied] = applied.ToJsonString() + "\n";
    }

    private static ApiStatus Conflict(IReadOnlyList<FieldConflict> conflicts)
    {
        var causes = conflicts
            .Select(static conflict => new StatusCause(
                "FieldManagerConflict",
                $"conflict with {Owner(conflict)}",
                PathText.Of(conflict.Path)
            ))
            .ToList();
        return new ApiStatus(409, "Conflict", Message(conflicts)) { Causes = causes };
    }

    /// <summary>As kubectl shows it: in one line for one conflict, else a list for each manager.</summary>
    private static string Message(IReadOnlyList<FieldConflict> conflicts)
    {
        if (conflicts.Count == 1)
            return $"Apply failed with 1 conflict: conflict with {Owner(conflicts[0])}: {PathText.Of(conflicts[0].Path)}";
        var lists = conflicts
            .GroupBy(Owner)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group =>
                $"conflicts with {group.Key}:\n"
                + string.Join('\n', group.Select(static conflict => $"- {PathText.Of(conflict.Path)}"))
            );
        return $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', lists)}";
    }

    private static string Owner(FieldConflict conflict)
    {
        var manager = conflict.Owner.Manager;
        var text = $"\"{manager.Name}\"";
        if (manager.Subresource.Length > 0)
            text += $" with subresource \"{manager.Subresource}\"";
        if (!manager.IsApplier)
            text += $" using {manager.ApiVersion}";
        if (!manager.IsApplier && conflict.Owner.Time is { } time)
            text += $" at {ObjectIdentity.Time(time)}";
        return text;
    }
}
