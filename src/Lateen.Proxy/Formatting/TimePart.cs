// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>A moment, as <c>%START_TIME%</c>: UTC, in milliseconds as ISO 8601, or by a format of strftime's common letters and <c>%3f</c>.</summary>
internal sealed class TimePart : FormatPart
{
    private readonly string _format;
    private readonly Func<StreamInfo, long?> _unixTicks;

    /// <param name="strftime">Empty for ISO 8601.</param>
    /// <param name="unixTicks">The moment in <see cref="TimeSpan"/> ticks since the Unix epoch; null where there is none.</param>
    public TimePart(string strftime, Func<StreamInfo, long?> unixTicks)
    {
        _format = strftime.Length == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : Translate(strftime);
        _unixTicks = unixTicks;
    }

    public override int TryWrite(StreamInfo stream, Span<byte> destination)
    {
        if (_unixTicks(stream) is not { } ticks)
            return None;
        DateTime
            .UnixEpoch.AddTicks(ticks)
            .TryFormat(destination, out var written, _format, CultureInfo.InvariantCulture);
        return written;
    }

    private static string Translate(string strftime)
    {
        var result = new System.Text.StringBuilder();
        for (var i = 0; i < strftime.Length; i++)
        {
            if (strftime[i] != '%')
            {
                result.Append('\\').Append(strftime[i]);
                continue;
            }
            i++;
            result.Append(
                (i < strftime.Length ? strftime[i] : ' ') switch
                {
                    '%' => "'%'",
                    'Y' => "yyyy",
                    'm' => "MM",
                    'd' => "dd",
                    'H' => "HH",
                    'M' => "mm",
                    'S' => "ss",
                    'b' => "MMM",
                    'a' => "ddd",
                    'T' => "HH:mm:ss",
                    'F' => "yyyy-MM-dd",
                    'z' => "'+0000'",
                    'f' => "fffffff",
                    '3' when i + 1 < strftime.Length && strftime[i + 1] == 'f' => Skip(ref i, "fff"),
                    '6' when i + 1 < strftime.Length && strftime[i + 1] == 'f' => Skip(ref i, "ffffff"),
                    _ => throw new FormatException($"%START_TIME({strftime})% has a letter that is not known here"),
                }
            );
        }
        return result.ToString();
    }

    private static string Skip(ref int at, string text)
    {
        at++;
        return text;
    }
}
