// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Http1;

namespace DataPlane.Tests.Http;

/// <summary>Header lines are read in steps of many characters at a time: whatever is at a step's edge is read like the rest.</summary>
public sealed class HeaderLineTests
{
    private const string TokenCharacters =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Longest = 100;

    [Fact]
    public void Names_of_any_length_and_of_every_token_character_come_in_lower_case()
    {
        for (var length = 1; length <= Longest; length++)
        {
            for (var shift = 0; shift < TokenCharacters.Length; shift++)
            {
                var name = Text(length, i => TokenCharacters[(i + shift) % TokenCharacters.Length]);
                var head = Parse($"{name}: v", out var fault);
                Assert.Equal(Http1Fault.None, fault);
                Assert.Equal(name.ToLowerInvariant(), Encoding.Latin1.GetString(head.Headers.Name(1)));
                Assert.Equal("v", Encoding.Latin1.GetString(head.Headers.Value(1)));
            }
        }
    }

    [Fact]
    public void A_character_that_is_no_token_is_refused_anywhere_in_a_name()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            // A colon ends the name, and LF the line: those are other faults.
            if (TokenCharacters.Contains((char)octet, StringComparison.Ordinal) || octet is ':' or '\n')
                continue;
            foreach (var length in (int[])[1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65])
            {
                for (var at = 0; at < length; at++)
                {
                    var isFolded = at == 0 && octet is (' ' or '\t');
                    AssertFault(
                        $"{With(length, at, (char)octet)}: v",
                        isFolded ? Http1Fault.ObsoleteLineFolding : Http1Fault.InvalidHeaderName
                    );
                }
            }
        }
    }

    [Fact]
    public void A_control_character_is_refused_anywhere_in_a_value()
    {
        for (var length = 1; length <= Longest; length++)
        {
            for (var at = 0; at < length; at++)
            {
                AssertFault($"x: {With(length, at, '\0')}", Http1Fault.InvalidHeaderValue);
                AssertFault($"x: {With(length, at, '\r')}v", Http1Fault.InvalidHeaderValue);
                AssertFault($"x: {With(length, at, '\x7f')}", Http1Fault.InvalidHeaderValue);
                AssertFault($"x: {With(length, at, '\n')}", Http1Fault.BareLineBreak);
            }
        }
    }

    [Fact]
    public void Every_other_octet_stays_in_a_value_and_white_space_around_it_goes()
    {
        var octets = Text(256 - 32, i => (char)(i + 32)).Replace("\x7f", "\t", StringComparison.Ordinal).Trim(' ');
        for (var length = 1; length <= octets.Length; length++)
        {
            foreach (var (before, after) in ((string, string)[])[("", ""), (" ", ""), ("\t ", " \t"), ("   ", "\t")])
            {
                // Neither end may be white space itself.
                var value = $"<{octets[..length]}>";
                var head = Parse($"x:{before}{value}{after}", out var fault);
                Assert.Equal(Http1Fault.None, fault);
                Assert.Equal(value, Encoding.Latin1.GetString(head.Headers.Value(1)));
            }
        }
    }

    [Fact]
    public void Lines_are_written_as_they_are_stored_without_those_removed()
    {
        var headers = new HeaderMap();
        for (var i = 0; i < 40; i++)
            headers.Add(Encoding.ASCII.GetBytes($"Name-{i}"), Encoding.ASCII.GetBytes(new string('v', i)));
        headers.Store("what is no line"u8);
        headers.Add("last"u8, ""u8);
        for (var mask = 0; mask < 3; mask++)
        {
            var expected = new StringBuilder();
            for (var i = 0; i < headers.Count; i++)
            {
                if (i % 3 == mask)
                    headers.RemoveAt(i);
                if (!headers[i].IsRemoved)
                    expected.Append(
                        $"{Encoding.ASCII.GetString(headers.Name(i))}: {Encoding.ASCII.GetString(headers.Value(i))}\r\n"
                    );
            }
            var wire = new byte[64 * 1024];
            var length = Http1Writer.WriteLastChunk(headers, wire);
            Assert.Equal($"0\r\n{expected}\r\n", Encoding.ASCII.GetString(wire, 0, length));
        }
    }

    private static void AssertFault(string line, Http1Fault expected)
    {
        Parse(line, out var fault);
        Assert.Equal(expected, fault);
    }

    /// <summary>A request whose second line, after one that every request has, is the given one.</summary>
    private static RequestHead Parse(string line, out Http1Fault fault)
    {
        var head = new RequestHead();
        var scanned = 0;
        Http1RequestParser.Parse(
            Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n"),
            Http1Limits.Default,
            ref scanned,
            head,
            out _,
            out _,
            out fault
        );
        return head;
    }

    private static string With(int length, int at, char octet) => Text(length, i => i == at ? octet : 'a');

    private static string Text(int length, Func<int, char> at) =>
        string.Create(
            length,
            at,
            static (text, at) =>
            {
                for (var i = 0; i < text.Length; i++)
                    text[i] = at(i);
            }
        );
}
