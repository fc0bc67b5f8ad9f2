// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Sources;

/// <summary>Files before stores, then by name: of two that define the same, the first one counts.</summary>
internal sealed class TextOrder : IComparer<string>
{
    public static TextOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var order = IsOfStore(x).CompareTo(IsOfStore(y));
        return order != 0 ? order : string.CompareOrdinal(x, y);
    }

    /// <summary>Whether a text of the name is an object of a store.</summary>
    public static bool IsOfStore(string? name) => name?.StartsWith(StoreTexts.Prefix, StringComparison.Ordinal) == true;
}
