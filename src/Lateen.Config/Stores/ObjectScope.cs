// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>A part of a store: everything, one kind, one kind in one namespace.</summary>
/// <param name="Group">Null for all groups.</param>
/// <param name="Plural">Null for all kinds of the group.</param>
/// <param name="Namespace">Null for all namespaces.</param>
public readonly record struct ObjectScope(string? Group = null, string? Plural = null, string? Namespace = null)
{
    /// <summary>The whole store.</summary>
    public static ObjectScope Everything => default;

    public bool Contains(in ObjectKey key) =>
        (Group is null || Group == key.Group)
        && (Plural is null || Plural == key.Plural)
        && (Namespace is null || Namespace == key.Namespace);
}
