// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Lateen.Http.Targets;

/// <summary>
/// The one spelling of a path (RFC 3986 §6.2.2, with what browsers add, which is what Envoy does): dot segments are resolved,
/// also where the dots are encoded or carry parameters; unreserved characters are decoded; a backslash is a slash;
/// characters that no URI may have are encoded. What is reserved, as <c>%2F</c>, stays encoded.
/// </summary>
internal ref struct CanonicalPath
{
    private static readonly SearchValues<byte> s_unreserved = SearchValues.Create(
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    /// <summary>Visible characters that no path may have as they are.</summary>
    private static readonly SearchValues<byte> s_escaped = SearchValues.Create("\"<>^`{|}"u8);

    private readonly ReadOnlySpan<byte> _source;
    private readonly Span<byte> _target;
    private int _at;
    private int _written;

    /// <summary>Where in the target a percent sign stands that begins no escape; far away for none.</summary>
    private int _strayPercent;

    private CanonicalPath(ReadOnlySpan<byte> source, Span<byte> target)
    {
        _source = source;
        _target = target;
        _strayPercent = -3;
    }

    private static ReadOnlySpan<byte> Digits => "0123456789ABCDEF"u8;

    /// <summary>Bytes that the result of so many may need: each may become an escape.</summary>
    public static int MaxLength(int length) => 3 * length;

    /// <summary>False when the path encodes a NUL, which has no place in a name anywhere.</summary>
    /// <param name="source">Begins with a slash.</param>
    public static bool TryWrite(ReadOnlySpan<byte> source, Span<byte> target, out int written)
    {
        var path = new CanonicalPath(source, target);
        var isValid = true;
        while (isValid && path._at < source.Length)
            isValid = path.Step();
        written = path._written;
        return isValid;
    }

    private bool Step()
    {
        if (_written > 0 && _target[_written - 1] == '/' && TryTakeDotSegment())
            return true;
        var character = _source[_at];
        if (character == '%')
            return TakeEscape();
        _at++;
        if (character == '\\')
            _target[_written++] = (byte)'/';
        else if (character is <= 0x20 or >= 0x7f || s_escaped.Contains(character))
            WriteEscape(character);
        else
            _target[_written++] = character;
        return true;
    }

    /// <summary>
    /// One or two dots that are a whole segment, with the slash behind them. Parameters (<c>/..;x/</c>) change nothing: servlet
    /// containers cut them off before they resolve dots.
    /// </summary>
    private bool TryTakeDotSegment()
    {
        var end = _at;
        if (!TrySkipDot(ref end))
            return false;
        var isParent = TrySkipDot(ref end);
        if (end < _source.Length && _source[end] == ';')
        {
            var parameters = _source[end..].IndexOfAny((byte)'/', (byte)'\\');
            end = parameters < 0 ? _source.Length : end + parameters;
        }
        if (end < _source.Length && _source[end] is not ((byte)'/' or (byte)'\\'))
            return false;
        _at = Math.Min(end + 1, _source.Length);
        if (isParent)
            DropSegment();
        return true;
    }

    private readonly bool TrySkipDot(ref int at)
    {
        var rest = _source[at..];
        if (rest.StartsWith("."u8))
            at++;
        else if (rest.StartsWith("%2e"u8) || rest.StartsWith("%2E"u8))
            at += 3;
        else
            return false;
        return true;
    }

    /// <summary>Cuts the last segment off; above the root there is nothing.</summary>
    private void DropSegment()
    {
        if (_written > 1)
            _written = _target[..(_written - 1)].LastIndexOf((byte)'/') + 1;
        if (_strayPercent >= _written)
            _strayPercent = -3;
    }

    private bool TakeEscape()
    {
        if (
            _at + 2 >= _source.Length
            || Hexadecimal(_source[_at + 1]) is not (>= 0 and var high)
            || Hexadecimal(_source[_at + 2]) is not (>= 0 and var low)
        )
        {
            _strayPercent = _written;
            _target[_written++] = (byte)'%';
            _at++;
            return true;
        }
        var value = (byte)((high << 4) | low);
        if (value == 0)
            return false;
        if (s_unreserved.Contains(value))
        {
            _at += 3;
            _target[_written++] = value;
            GuardStrayPercent();
            return true;
        }
        _source.Slice(_at, 3).CopyTo(_target[_written..]);
        _written += 3;
        _at += 3;
        return true;
    }

    /// <summary>
    /// A character that was just decoded may complete an escape which the path does not have: <c>%%32e</c> would read <c>%2e</c>
    /// for whoever decodes next. The percent sign before it is encoded then.
    /// </summary>
    private void GuardStrayPercent()
    {
        var behind = _written - 1 - _strayPercent;
        if (behind is not (1 or 2))
            return;
        var first = _target[_strayPercent + 1];
        var second =
            behind == 2 ? _target[_strayPercent + 2]
            : _at < _source.Length ? _source[_at]
            : (byte)0;
        if (Hexadecimal(first) < 0 || Hexadecimal(second) < 0)
            return;
        _target.Slice(_strayPercent + 1, behind).CopyTo(_target[(_strayPercent + 3)..]);
        "25"u8.CopyTo(_target[(_strayPercent + 1)..]);
        _written += 2;
        _strayPercent = -3;
    }

    private void WriteEscape(byte character)
    {
        _target[_written++] = (byte)'%';
        _target[_written++] = Digits[character >> 4];
        _target[_written++] = Digits[character & 15];
    }

    private static int Hexadecimal(byte character) =>
        character switch
        {
            >= (byte)'0' and <= (byte)'9' => character - '0',
            >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
            _ => -1,
        };
}
