// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>One header line of a <see cref="HeaderMap"/>: where its lower-case name and its value lie in the map's bytes.</summary>
public struct HeaderField
{
    internal int NameOffset;
    internal int NameLength;
    internal int ValueOffset;
    internal int ValueLength;

    /// <summary>Which of the well-known fields this is.</summary>
    public KnownHeader Id { get; internal set; }

    /// <summary>True once the line was removed; it keeps its slot so that indexes of other lines stay valid.</summary>
    public bool IsRemoved { get; internal set; }
}
