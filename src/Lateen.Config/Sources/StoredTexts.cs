// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Text.Json;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;

namespace Lateen.Config.Sources;

/// <summary>
/// Compares objects as they are stored, without reading what they say: statuses are written far more often than what they are about, and one
/// that differs in that alone need not be decoded.
/// </summary>
internal static class StoredTexts
{
    private static readonly FrozenSet<(string Group, string Plural)> s_withStatus = KindCatalogue
        .All.Where(static kind => !kind.IsWhole)
        .Select(static kind => (kind.Group, kind.Plural))
        .ToFrozenSet();

    /// <summary>
    /// Whether two versions of an object differ at most in how it fares: its status, where that is not what the mesh reads, and who owns what of it.
    /// False also for those that only are written differently.
    /// </summary>
    public static bool SayTheSame(StoredObject before, StoredObject after)
    {
        var first = new Utf8JsonReader(before.Content.Span);
        var second = new Utf8JsonReader(after.Content.Span);
        try
        {
            return AreSame(
                ref first,
                before.Content.Span,
                ref second,
                after.Content.Span,
                s_withStatus.Contains((after.Key.Group, after.Key.Plural)) ? "status"u8 : default,
                isWhole: true
            );
        }
        catch (JsonException)
        {
            // Whoever reads it says what is wrong.
            return false;
        }
    }

    /// <summary>Compares two objects, whose members are in the same order, but for one member.</summary>
    /// <param name="without">Name of that member; empty for none.</param>
    /// <param name="isWhole">Whether they are the documents: in their metadata the managed fields do not count.</param>
    private static bool AreSame(
        ref Utf8JsonReader first,
        ReadOnlySpan<byte> before,
        ref Utf8JsonReader second,
        ReadOnlySpan<byte> after,
        ReadOnlySpan<byte> without,
        bool isWhole
    )
    {
        if (!Enter(ref first, isWhole) || !Enter(ref second, isWhole))
            return false;
        while (true)
        {
            var isMore = NextMember(ref first, without);
            if (isMore != NextMember(ref second, without))
                return false;
            if (!isMore)
                return true;
            if (!first.ValueSpan.SequenceEqual(second.ValueSpan))
                return false;
            var isMetadata = isWhole && first.ValueSpan.SequenceEqual("metadata"u8);
            first.Read();
            second.Read();
            var isSame = isMetadata
                ? AreSame(ref first, before, ref second, after, "managedFields"u8, isWhole: false)
                : Value(ref first, before).SequenceEqual(Value(ref second, after));
            if (!isSame)
                return false;
        }
    }

    private static bool Enter(ref Utf8JsonReader reader, bool isFirst) =>
        (!isFirst || reader.Read()) && reader.TokenType == JsonTokenType.StartObject;

    /// <returns>False at the end of the object.</returns>
    private static bool NextMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> without)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (without.IsEmpty || !reader.ValueSpan.SequenceEqual(without))
                return true;
            reader.Read();
            reader.Skip();
        }
        return false;
    }

    private static ReadOnlySpan<byte> Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return text[start..(int)reader.BytesConsumed];
    }
}
