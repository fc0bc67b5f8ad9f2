// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Hpack;

/// <summary>Room that decoders put the text of one field into. One for a thread, shared by all its connections.</summary>
public sealed class HpackScratch
{
    private byte[] _bytes = new byte[4096];

    internal Span<byte> Take(int length)
    {
        if (_bytes.Length < length)
            _bytes = new byte[Math.Max(length, _bytes.Length * 2)];
        return _bytes;
    }
}
