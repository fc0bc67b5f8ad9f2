// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.ManagedFields;

/// <summary>Who writes an object, and in which way: what an ownership record is kept for.</summary>
/// <param name="Name"><c>kubectl-edit</c>.</param>
/// <param name="IsApplier">It applies: it says what it wants in full, and what it no longer says goes.</param>
/// <param name="ApiVersion">That it writes in; one manager is several if it writes in several, except where it applies.</param>
/// <param name="Subresource"><c>status</c>; empty for the object itself.</param>
public sealed record FieldManager(string Name, bool IsApplier, string ApiVersion, string Subresource)
{
    /// <summary>What tells managers apart.</summary>
    internal (string, bool, string, string) Identity => (Name, IsApplier, IsApplier ? "" : ApiVersion, Subresource);
}

/// <summary>An ownership record.</summary>
/// <param name="Time">Of the last change to what it owns.</param>
public sealed record ManagedFieldsEntry(FieldManager Manager, DateTimeOffset? Time, FieldSet Fields);

/// <summary>Fields that another manager has, with other values than somebody wants to apply.</summary>
public sealed record FieldConflict(ManagedFieldsEntry Owner, IReadOnlyList<string> Path);
