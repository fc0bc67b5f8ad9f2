// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>Why a header block cannot be decoded. Each of them ends the connection: COMPRESSION_ERROR (RFC 9113 §4.3).</summary>
public enum HpackFault : byte
{
    None,

    /// <summary>The block ends inside a field.</summary>
    Truncated,

    /// <summary>An index of zero, or behind both tables (RFC 7541 §2.3.3).</summary>
    InvalidIndex,

    /// <summary>An integer of more than 28 bits (RFC 7541 §5.1 leaves the limit to us).</summary>
    IntegerTooLarge,

    /// <summary>Not in the code, or padded with other than up to seven ones (RFC 7541 §5.2).</summary>
    InvalidHuffman,

    /// <summary>A table size above what our SETTINGS admit (RFC 7541 §6.3).</summary>
    TableSizeTooLarge,

    /// <summary>A table size behind the first field (RFC 7541 §4.2).</summary>
    TableSizeMisplaced,

    /// <summary>No table size in the first block after our SETTINGS made the table smaller (RFC 7541 §4.2).</summary>
    TableSizeMissing,
}
