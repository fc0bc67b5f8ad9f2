// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Http.Hpack;

/// <summary>The static table of RFC 7541 Appendix A, indexes 1 to 61.</summary>
internal static class StaticTable
{
    public const int Count = 61;

    private const int NameSlots = 256;

    private static readonly StaticEntry[] s_entries =
    [
        new("", ""), // there is no index 0
        new(":authority", ""),
        new(":method", "GET"),
        new(":method", "POST"),
        new(":path", "/"),
        new(":path", "/index.html"),
        new(":scheme", "http"),
        new(":scheme", "https"),
        new(":status", "200"),
        new(":status", "204"),
        new(":status", "206"),
        new(":status", "304"),
        new(":status", "400"),
        new(":status", "404"),
        new(":status", "500"),
        new("accept-charset", ""),
        new("accept-encoding", "gzip, deflate"),
        new("accept-language", ""),
        new("accept-ranges", ""),
        new("accept", ""),
        new("access-control-allow-origin", ""),
        new("age", ""),
        new("allow", ""),
        new("authorization", ""),
        new("cache-control", ""),
        new("content-disposition", ""),
        new("content-encoding", ""),
        new("content-language", ""),
        new("content-length", ""),
        new("content-location", ""),
        new("content-range", ""),
        new("content-type", ""),
        new("cookie", ""),
        new("date", ""),
        new("etag", ""),
        new("expect", ""),
        new("expires", ""),
        new("from", ""),
        new("host", ""),
        new("if-match", ""),
        new("if-modified-since", ""),
        new("if-none-match", ""),
        new("if-range", ""),
        new("if-unmodified-since", ""),
        new("last-modified", ""),
        new("link", ""),
        new("location", ""),
        new("max-forwards", ""),
        new("proxy-authenticate", ""),
        new("proxy-authorization", ""),
        new("range", ""),
        new("referer", ""),
        new("refresh", ""),
        new("retry-after", ""),
        new("server", ""),
        new("set-cookie", ""),
        new("strict-transport-security", ""),
        new("transfer-encoding", ""),
        new("user-agent", ""),
        new("vary", ""),
        new("via", ""),
        new("www-authenticate", ""),
    ];

    /// <summary>Open addressing by <see cref="SlotOf"/>: the first index of each name.</summary>
    private static readonly byte[] s_names = IndexNames();

    /// <summary>By <see cref="KnownHeader"/>: its first index, 0 for none.</summary>
    private static readonly byte[] s_known = IndexKnown();

    public static StaticEntry Get(int index) => s_entries[index];

    /// <summary>First index of that name, 0 for none.</summary>
    public static int FindName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
            return 0;
        for (var slot = SlotOf(name); s_names[slot] != 0; slot = (slot + 1) % NameSlots)
        {
            if (name.SequenceEqual(s_entries[s_names[slot]].Name))
                return s_names[slot];
        }
        return 0;
    }

    /// <inheritdoc cref="FindName"/>
    public static int FindName(KnownHeader id, ReadOnlySpan<byte> name) =>
        id == KnownHeader.Other ? FindName(name) : s_known[(int)id];

    private static int SlotOf(ReadOnlySpan<byte> name) =>
        ((name.Length * 37) + (name[0] * 5) + (name[^1] * 11) + (name[name.Length / 2] * 3)) % NameSlots;

    private static byte[] IndexNames()
    {
        var names = new byte[NameSlots];
        for (var index = Count; index > 0; index--)
        {
            ReadOnlySpan<byte> name = s_entries[index].Name;
            var slot = SlotOf(name);
            while (names[slot] != 0 && !name.SequenceEqual(s_entries[names[slot]].Name))
                slot = (slot + 1) % NameSlots;
            names[slot] = (byte)index; // downwards, so that the first index of a name stays
        }
        return names;
    }

    private static byte[] IndexKnown()
    {
        var known = new byte[byte.MaxValue];
        for (var index = Count; index > 0; index--)
        {
            var traits = s_entries[index].Traits;
            if (traits.Pseudo == PseudoHeader.None && traits.Id != KnownHeader.Other)
                known[(int)traits.Id] = (byte)index;
        }
        return known;
    }
}

/// <summary>A line of the static table.</summary>
internal sealed class StaticEntry
{
    public StaticEntry(string name, string value)
    {
        Name = Encoding.ASCII.GetBytes(name);
        Value = Encoding.ASCII.GetBytes(value);
        Traits = FieldTraits.OfName(Name) with { ValueIsValid = true };
    }

    public byte[] Name { get; }

    public byte[] Value { get; }

    public FieldTraits Traits { get; }
}
