// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>A piece of a <see cref="SubstitutionFormat"/>: writes its text and returns the bytes written, cut off at the end of the space.</summary>
internal abstract class FormatPart
{
    /// <summary>What <see cref="TryWrite"/> returns when there is no value.</summary>
    public const int None = -1;

    /// <summary>True for a value that JSON writes without quotes.</summary>
    public virtual bool IsNumber => false;

    /// <summary>Writes the value, or a dash where there is none.</summary>
    public int Write(StreamInfo stream, Span<byte> destination)
    {
        var written = TryWrite(stream, destination);
        return written == None ? Put("-"u8, destination) : written;
    }

    /// <summary>Writes the value; <see cref="None"/> where there is none.</summary>
    public abstract int TryWrite(StreamInfo stream, Span<byte> destination);

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
            return None;
        Encoding.UTF8.TryGetBytes(text, destination, out var written);
        return written;
    }

    private sealed class LiteralPart(string text) : FormatPart
    {
        private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

        public override int TryWrite(StreamInfo stream, Span<byte> destination) => Put(_text, destination);
    }
}

/// <summary>A piece that is one property of the stream as text.</summary>
internal sealed class TextPart(Func<StreamInfo, string?> property) : FormatPart
{
    public override int TryWrite(StreamInfo stream, Span<byte> destination) => Put(property(stream), destination);
}

/// <summary>A piece that is one property of the stream as number.</summary>
internal sealed class NumberPart(Func<StreamInfo, long> property) : FormatPart
{
    public override bool IsNumber => true;

    public override int TryWrite(StreamInfo stream, Span<byte> destination)
    {
        property(stream).TryFormat(destination, out var written);
        return written;
    }
}
