// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>What is known of a name and a value without looking at them again.</summary>
internal readonly record struct FieldTraits(PseudoHeader Pseudo, KnownHeader Id, bool NameIsValid, bool ValueIsValid)
{
    public static FieldTraits OfName(ReadOnlySpan<byte> name)
    {
        var pseudo = FieldSyntax.PseudoOf(name);
        return pseudo == PseudoHeader.None
            ? new FieldTraits(pseudo, KnownHeaders.Classify(name), FieldSyntax.IsName(name), ValueIsValid: false)
            : new FieldTraits(pseudo, KnownHeader.Other, pseudo != PseudoHeader.Unknown, ValueIsValid: false);
    }
}

/// <summary>A line of a <see cref="DynamicTable"/>: where its text lies, and what is known of it.</summary>
internal struct TableEntry
{
    /// <summary>Overhead of an entry (RFC 7541 §4.1).</summary>
    public const int Overhead = 32;

    public int Offset;
    public int NameLength;
    public int ValueLength;
    public FieldTraits Traits;

    /// <summary>Of name and value; the encoder's.</summary>
    public uint Hash;

    /// <summary>Number of the entry before this one in the encoder's bucket.</summary>
    public uint Older;

    public readonly int Size => NameLength + ValueLength + Overhead;
}
