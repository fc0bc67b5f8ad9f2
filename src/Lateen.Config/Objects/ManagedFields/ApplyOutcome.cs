// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Lateen.Config.Objects.ManagedFields;

/// <summary>What came of applying.</summary>
/// <param name="Object">The object as it shall be; as it was, where there are conflicts.</param>
/// <param name="Records">Who owns what of it.</param>
/// <param name="Conflicts">Why nothing was applied; empty when it was.</param>
public sealed record ApplyOutcome(
    JsonObject Object,
    IReadOnlyList<ManagedFieldsEntry> Records,
    IReadOnlyList<FieldConflict> Conflicts
);
