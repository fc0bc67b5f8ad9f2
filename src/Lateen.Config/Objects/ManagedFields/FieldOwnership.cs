// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Shapes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>
/// Who owns which fields of an object, and what follows when somebody writes it (Kubernetes' server-side apply). Whoever updates takes
/// what it changes; whoever applies owns what it says, must not change what others own unless it forces that, and takes away what it no
/// longer says and nobody else owns.
/// </summary>
public static class FieldOwnership
{
    /// <summary>So many managers that update are remembered one by one (Kubernetes).</summary>
    public const int MaxUpdaters = 10;

    /// <summary>The record that all older ones become.</summary>
    public const string OldManager = "ancient-changes";

    /// <summary>Owner of everything in an object that nobody had records of, when somebody first applies to it.</summary>
    public const string FirstManager = "before-first-apply";

    /// <summary>What the API itself sets belongs to nobody.</summary>
    private static readonly FieldSet s_nobodys = FieldSet.Of([
        ["f:apiVersion"],
        ["f:kind"],
        ["f:metadata"],
        .. new[]
        {
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "generation",
            "resourceVersion",
            "managedFields",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
        }.Select(static name => new[] { "f:metadata", $"f:{name}" }),
    ]);

    /// <summary>Records after somebody replaced an object with another one.</summary>
    /// <param name="before">The object as it was; empty for a new one.</param>
    /// <param name="after">As it is now.</param>
    public static IReadOnlyList<ManagedFieldsEntry> Update(
        IReadOnlyList<ManagedFieldsEntry> records,
        JsonObject before,
        JsonObject after,
        FieldManager who,
        ObjectShape shape,
        DateTimeOffset now
    )
    {
        var change = ValueComparison.Of(before, after, shape);
        var changed = change.Added.Union(change.Modified);
        var known = records.FirstOrDefault(record => record.Manager.Identity == who.Identity);
        var others = records
            .Where(record => record != known)
            .Select(record => Own(record, record.Fields.Except(changed).Except(change.Removed), now));
        var mine = (known?.Fields ?? FieldSet.Empty).Except(change.Removed).Union(changed).Except(s_nobodys);
        return Capped([.. others, Own(known ?? new ManagedFieldsEntry(who, null, FieldSet.Empty), mine, now)]);
    }

    /// <summary>The object after somebody applied to it, with its records; or why it cannot.</summary>
    /// <param name="live">The object as it is; only identity for one that is not there yet.</param>
    /// <param name="config">All that the applier wants, and nothing else.</param>
    /// <param name="isForced">Takes what others own.</param>
    public static ApplyOutcome Apply(
        IReadOnlyList<ManagedFieldsEntry> records,
        JsonObject live,
        JsonObject config,
        FieldManager who,
        ObjectShape shape,
        bool isForced,
        DateTimeOffset now
    )
    {
        var wanted = ValueFields.Of(config, shape);
        var known = records.FirstOrDefault(record => record.Manager.Identity == who.Identity);
        var others = records.Where(record => record != known).ToList();
        var merged = Prune(ValueMerge.Merge(live, config, shape)!.AsObject(), known, wanted, others, shape);
        var change = ValueComparison.Of(live, merged, shape);
        var contested = change.Added.Union(change.Modified);
        var conflicts = others
            .SelectMany(record =>
                record.Fields.Intersect(contested).Paths().Select(path => new FieldConflict(record, path))
            )
            .ToList();
        if (conflicts.Count > 0 && !isForced)
            return new ApplyOutcome(live, records, conflicts);
        var mine = Own(
            known is null ? new ManagedFieldsEntry(who, null, FieldSet.Empty) : known with { Manager = who },
            wanted.Except(s_nobodys),
            now
        );
        var rest = others.Select(record => Own(record, record.Fields.Except(contested).Except(change.Removed), now));
        return new ApplyOutcome(merged, Capped([.. rest, mine]), []);
    }

    /// <summary>The records of an object that has none, where somebody begins to apply.</summary>
    public static IReadOnlyList<ManagedFieldsEntry> Adopt(JsonObject live, string apiVersion, ObjectShape shape) =>
        [
            new ManagedFieldsEntry(
                new FieldManager(FirstManager, IsApplier: false, apiVersion, ""),
                null,
                ValueFields.Of(live, shape).Except(s_nobodys)
            ),
        ];

    /// <summary>Fields that an object has still as it was applied.</summary>
    public static FieldSet Unchanged(JsonObject live, JsonObject applied, ObjectShape shape)
    {
        var change = ValueComparison.Of(applied, live, shape);
        return ValueFields.Of(applied, shape).Except(change.Modified).Except(change.Removed);
    }

    /// <summary>Takes away what the applier owned and does not want any more, unless somebody else owns it.</summary>
    private static JsonObject Prune(
        JsonObject merged,
        ManagedFieldsEntry? last,
        FieldSet wanted,
        IReadOnlyList<ManagedFieldsEntry> others,
        ObjectShape shape
    )
    {
        if (last is null)
            return merged;
        var owned = others.Aggregate(wanted, static (set, record) => set.Union(record.Fields));
        var gone = ValueFields
            .WithNamedAncestors(last.Fields, shape)
            .Except(ValueFields.WithNamedAncestors(owned, shape));
        return ValueMerge.Remove(merged, gone, shape)!.AsObject();
    }

    /// <summary>A record's time is that of its last change.</summary>
    private static ManagedFieldsEntry Own(ManagedFieldsEntry record, FieldSet fields, DateTimeOffset now) =>
        record.Fields.SetEquals(fields) ? record : record with { Fields = fields, Time = now };

    private static List<ManagedFieldsEntry> Capped(IEnumerable<ManagedFieldsEntry> records)
    {
        var kept = records.Where(static record => !record.Fields.IsEmpty).ToList();
        var updaters = kept.Where(static record => !record.Manager.IsApplier && record.Manager.Subresource.Length == 0)
            .OrderByDescending(static record => record.Time ?? DateTimeOffset.MinValue)
            .ThenBy(static record => record.Manager.Name, StringComparer.Ordinal)
            .ToList();
        if (updaters.Count <= MaxUpdaters)
            return kept;
        var old = updaters.Skip(MaxUpdaters - 1).ToList();
        var together = old.Aggregate(FieldSet.Empty, static (set, record) => set.Union(record.Fields));
        kept.RemoveAll(old.Contains);
        kept.Add(old[0] with { Manager = old[0].Manager with { Name = OldManager }, Fields = together });
        return kept;
    }
}
