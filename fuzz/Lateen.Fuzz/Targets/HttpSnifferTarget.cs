// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using Lateen.Proxy.Listeners.Inspectors;

namespace Lateen.Fuzz.Targets;

/// <summary>
/// What the HTTP inspector tells does not depend on how the bytes arrive, agrees with a regular expression, and comes after
/// a bounded number of them.
/// </summary>
internal sealed partial class HttpSnifferTarget : IFuzzTarget
{
    public string Name => "http-inspector";

    public void Run(byte[] input, Random random)
    {
        var whole = HttpSniffer.Sniff(input);
        BrokenException.UnlessEqual(whole, Expected(input), "protocol");
        BrokenException.Unless(
            whole is not null || input.Length < HttpSniffer.MaxRequestLine,
            "more is asked for, and more"
        );
        string? last = null;
        for (var available = 0; last is null && available < input.Length; )
        {
            available = Math.Min(input.Length, available + random.Next(1, 60));
            last = HttpSniffer.Sniff(input.AsSpan(0, available));
        }
        BrokenException.UnlessEqual(last, whole, "protocol in pieces");
    }

    /// <summary>The same by other means.</summary>
    private static string? Expected(byte[] input)
    {
        const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        var text = Encoding.Latin1.GetString(input);
        if (text.StartsWith(Preface, StringComparison.Ordinal))
            return "h2c";
        if (Preface.StartsWith(text, StringComparison.Ordinal))
            return null;
        var start = text[..Math.Min(text.Length, HttpSniffer.MaxRequestLine)];
        if (RequestLine().Match(start) is { Success: true } line)
            return $"http/1.{line.Groups["minor"].Value}";
        return start.Length < HttpSniffer.MaxRequestLine && Unfinished().IsMatch(start) ? null : "";
    }

    [GeneratedRegex(
        """\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32} (?:[^\n]* )?HTTP/1\.(?<minor>[01])\r?\n""",
        RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex RequestLine();

    [GeneratedRegex(
        """\A(?:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32}|[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32} [^\n]*)\z""",
        RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex Unfinished();
}
