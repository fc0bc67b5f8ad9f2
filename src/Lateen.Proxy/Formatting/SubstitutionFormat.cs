// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>
/// A text with <c>%COMMAND%</c>s, as access logs and header values have them, compiled once. Writing it allocates nothing.
/// </summary>
public sealed class SubstitutionFormat
{
    /// <summary>Istio's default access log line (istio/pilot/pkg/model/telemetry_logging.go).</summary>
    public const string IstioDefault =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% "
        + "%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
        + "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
        + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
        + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% "
        + "%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
        + "%REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    private readonly FormatPart[] _parts;

    internal SubstitutionFormat(FormatPart[] parts) => _parts = parts;

    /// <summary>Compiles a format.</summary>
    /// <exception cref="FormatException">A command is unknown or badly written; the message names it.</exception>
    public static SubstitutionFormat Parse(string format) => new(PartsOf(format));

    internal static FormatPart[] PartsOf(string format)
    {
        var parts = new List<FormatPart>();
        var literal = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                literal.Append(format[i]);
                continue;
            }
            if (i + 1 < format.Length && format[i + 1] == '%')
            {
                literal.Append('%');
                i++;
                continue;
            }
            var end = EndOfCommand(format, i + 1);
            if (literal.Length > 0)
                parts.Add(FormatPart.Literal(literal.ToString()));
            literal.Clear();
            parts.Add(FormatCommands.Parse(format[(i + 1)..end]));
            i = end;
        }
        if (literal.Length > 0)
            parts.Add(FormatPart.Literal(literal.ToString()));
        return parts.ToArray();
    }

    /// <summary>Writes the text; what does not fit is cut off. Returns the bytes written.</summary>
    public int Write(StreamInfo stream, Span<byte> destination)
    {
        var at = 0;
        var fields = 0;
        foreach (var part in _parts)
        {
            var written = part is JsonFieldPart field
                ? field.Write(stream, destination[at..], isFirst: fields == 0)
                : part.Write(stream, destination[at..]);
            fields += part is JsonFieldPart && written > 0 ? 1 : 0;
            at += written;
        }
        return at;
    }

    /// <summary>The closing percent sign; one inside parentheses belongs to the argument, as in a time format.</summary>
    private static int EndOfCommand(string format, int start)
    {
        var depth = 0;
        for (var i = start; i < format.Length; i++)
        {
            if (format[i] == '(')
                depth++;
            else if (format[i] == ')')
                depth--;
            else if (format[i] == '%' && depth == 0)
                return i;
        }
        throw new FormatException($"the command at \"{format[(start - 1)..]}\" has no closing percent sign");
    }
}
