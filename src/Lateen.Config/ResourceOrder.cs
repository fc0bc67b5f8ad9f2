// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config;

/// <summary>
/// Oldest first, then by name: the order that decides conflicts (Istio sorts so too). Where even that is the same, group, kind and place decide, so
/// that it never depends on who was read first.
/// </summary>
internal sealed class ResourceOrder : IComparer<ConfigResource>
{
    public static ResourceOrder Instance { get; } = new();

    public int Compare(ConfigResource? x, ConfigResource? y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        if (x is null || y is null)
            return x is null ? -1 : 1;
        var order = Age(x).CompareTo(Age(y));
        if (order == 0)
            order = string.CompareOrdinal(x.Name, y.Name);
        if (order == 0)
            order = string.CompareOrdinal(x.Namespace, y.Namespace);
        if (order == 0)
            order = string.CompareOrdinal(x.Key.Group, y.Key.Group);
        if (order == 0)
            order = string.CompareOrdinal(x.Key.Kind, y.Key.Kind);
        return order != 0 ? order : ComparePlaces(x, y);
    }

    /// <summary>A resource without a time counts as the oldest.</summary>
    private static DateTimeOffset Age(ConfigResource resource) =>
        resource.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue;

    private static int ComparePlaces(ConfigResource x, ConfigResource y)
    {
        var order = string.CompareOrdinal(x.At.Source, y.At.Source);
        if (order == 0)
            order = x.At.Line.CompareTo(y.At.Line);
        return order != 0 ? order : x.At.Column.CompareTo(y.At.Column);
    }
}
