// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>The fields of RFC 9113 §8.3 that carry what an HTTP/1 start line does.</summary>
public enum PseudoHeader : byte
{
    /// <summary>An ordinary field.</summary>
    None,
    Authority,
    Method,
    Path,
    Scheme,
    Status,

    /// <summary>Of extended CONNECT (RFC 8441).</summary>
    Protocol,

    /// <summary>Another name that starts with a colon.</summary>
    Unknown,
}

/// <summary>One decoded field. Its spans are valid during the call that hands it over.</summary>
public readonly ref struct HpackField
{
    public PseudoHeader Pseudo { get; init; }

    /// <summary>Which of the well-known fields it is; of no meaning for a pseudo-header.</summary>
    public KnownHeader Id { get; init; }

    public ReadOnlySpan<byte> Name { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>A token in lower case (RFC 9113 §8.2.1); for pseudo-headers, one that is known.</summary>
    public bool NameIsValid { get; init; }

    /// <summary>No control characters, no white space at either end (RFC 9113 §8.2.1).</summary>
    public bool ValueIsValid { get; init; }
}

/// <summary>Takes fields as they are decoded. What it refuses it remembers itself: a block is always decoded to its end.</summary>
public interface IFieldSink
{
    void OnField(scoped in HpackField field);
}
