// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Schemas;

/// <summary>Fields of an object of which one may be there, or must.</summary>
public sealed record OneOfGroup(string Name, bool IsRequired, IReadOnlyList<FieldSchema> Fields)
{
    internal static OneOfGroup[] Among(IEnumerable<FieldSchema> fields) =>
        fields
            .Where(static field => field.OneOf is not null)
            .GroupBy(static field => field.OneOf!.Group, StringComparer.Ordinal)
            .Select(static group => new OneOfGroup(
                group.Key,
                group.Any(static field => field.OneOf!.IsRequired),
                group.ToArray()
            ))
            .ToArray();
}
