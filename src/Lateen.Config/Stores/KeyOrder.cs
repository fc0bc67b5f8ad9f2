// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>By group, kind, namespace and name: the order of lists.</summary>
public sealed class KeyOrder : IComparer<ObjectKey>
{
    public static KeyOrder Instance { get; } = new();

    public int Compare(ObjectKey x, ObjectKey y)
    {
        var order = string.CompareOrdinal(x.Group, y.Group);
        if (order == 0)
            order = string.CompareOrdinal(x.Plural, y.Plural);
        if (order == 0)
            order = string.CompareOrdinal(x.Namespace, y.Namespace);
        return order != 0 ? order : string.CompareOrdinal(x.Name, y.Name);
    }
}
