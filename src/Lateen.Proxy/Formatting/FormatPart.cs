// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>A piece of a <see cref="SubstitutionFormat"/>: writes its text and returns the bytes written, cut off at the end of the space.</summary>
internal abstract class FormatPart
{
    /// <summary>What stands for a value that is not there.</summary>
    protected static ReadOnlySpan<byte> Missing => "-"u8;

    public abstract int Write(StreamInfo stream, Span<byte> destination);

    public static FormatPart Literal(string text) => new LiteralPart(text);

    protected static int Put(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = Math.Min(text.Length, destination.Length);
        text[..length].CopyTo(destination);
        return length;
    }

    protected static int Put(string? text, Span<byte> destination)
    {
        if (text is null)
            return Put(Missing, destination);
        Encoding.UTF8.TryGetBytes(text, destination, out var written);
        return written;
    }

    private sealed class LiteralPart(string text) : FormatPart
    {
        private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

        public override int Write(StreamInfo stream, Span<byte> destination) => Put(_text, destination);
    }
}

/// <summary>A piece that is one property of the stream as text.</summary>
internal sealed class TextPart(Func<StreamInfo, string?> property) : FormatPart
{
    public override int Write(StreamInfo stream, Span<byte> destination) => Put(property(stream), destination);
}

/// <summary>A piece that is one property of the stream as number.</summary>
internal sealed class NumberPart(Func<StreamInfo, long> property) : FormatPart
{
    public override int Write(StreamInfo stream, Span<byte> destination)
    {
        property(stream).TryFormat(destination, out var written);
        return written;
    }
}
