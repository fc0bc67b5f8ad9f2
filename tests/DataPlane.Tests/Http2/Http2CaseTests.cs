// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Http.Hpack;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>The table of <c>Cases/cases.txt</c> against the codec alone.</summary>
public sealed class Http2CaseTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var row in Http2Case.All)
                rows.Add(row.Section, row.Name);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_fault_costs_its_stream_alone_where_that_is_asked_for(string section, string name) =>
        Run(section, name, streamErrors: true, cut: false);

    [Theory, MemberData(nameof(Cases))]
    public void A_malformed_message_costs_its_connection_by_default(string section, string name) =>
        Run(section, name, streamErrors: false, cut: true);

    private static void Run(string section, string name, bool streamErrors, bool cut)
    {
        var row = Http2Case.All.Single(c => c.Section == section && c.Name == name);
        var server = new TestApplication(new Http2Options { OverrideStreamErrorOnInvalidHttpMessage = streamErrors });
        byte[] start = row.HasPreface ? [.. Frames.Preface, .. Frames.EmptySettings] : [];
        byte[] input = [.. start, .. row.Bytes, .. Frames.LastPing()];
        var output = new List<byte>();
        Feed(server.Connection, input, cut ? 1 : input.Length, output);
        var frames = Frames.Describe(output.ToArray());
        var problem = Check(row.Expected, frames, output.ToArray(), streamErrors);
        Assert.True(problem is null, $"expected {row.Expected}: {problem} in {string.Join(", ", frames)}");
    }

    private static void Feed(Http2Connection connection, byte[] input, int piece, List<byte> output)
    {
        var start = 0;
        for (var end = 0; end < input.Length; )
        {
            end = Math.Min(input.Length, end + piece);
            var fault = connection.Receive(input.AsSpan(start, end - start), now: 0, out var consumed);
            start += consumed;
            while (!connection.Output.IsEmpty)
            {
                output.AddRange(connection.Output);
                connection.OnWritten(connection.Output.Length);
            }
            if (fault != Http2Fault.None)
                return;
        }
    }

    /// <summary>What is missing; null when nothing is.</summary>
    private static string? Check(string expected, List<string> frames, byte[] output, bool streamErrors)
    {
        var words = expected.Split(' ');
        if (words[0] == "malformed")
            words = streamErrors ? ["stream", words[1], "PROTOCOL_ERROR"] : ["connection", "PROTOCOL_ERROR"];
        var code = words[^1].Replace("_", "", StringComparison.Ordinal);
        bool Has(string text) => frames.Any(f => f.StartsWith(text, StringComparison.OrdinalIgnoreCase));
        bool Fails() => frames[^1].StartsWith("GOAWAY", StringComparison.Ordinal);
        bool FailsWith() => Fails() && frames[^1].EndsWith(" " + code, StringComparison.OrdinalIgnoreCase);
        if (words[0] == "connection")
            return FailsWith() ? null : "no GOAWAY";
        if (words[0] == "error" && FailsWith())
            return null;
        if (Fails() || !Has("PING ACK FFEEDDCCBBAA9988"))
            return "the connection ended";
        return words[0] switch
        {
            "alive" => null,
            "stream" or "error" => Has($"RST_STREAM {words[1]} {code}") ? null : "no RST_STREAM",
            "frame" => Has(expected[6..]) ? null : "no such frame",
            "response" => Status(output, words[1]) == words[2] ? null : $"status {Status(output, words[1])}",
            "data" => Body(frames, words[1]) == words[2] ? null : $"{Body(frames, words[1])} bytes",
            _ => throw new FormatException($"cannot expect {expected}"),
        };
    }

    private static string Body(List<string> frames, string id) =>
        frames
            .Select(f => f.Split(' '))
            .Where(f => f[0] == "DATA" && f[1] == id)
            .Sum(f => int.Parse(f[2], CultureInfo.InvariantCulture))
            .ToString(CultureInfo.InvariantCulture);

    private static string? Status(ReadOnlySpan<byte> output, string id)
    {
        var decoder = new HpackDecoder(new HpackScratch());
        while (!output.IsEmpty)
        {
            var length = (output[0] << 16) | (output[1] << 8) | output[2];
            var stream = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(output[5..]);
            if (output[3] == 1)
            {
                var lines = Hpack.FieldList.Decode(decoder, output.Slice(9, length)).Lines;
                if (stream.ToString(CultureInfo.InvariantCulture) == id)
                    return lines[0][9..];
            }
            output = output[(9 + length)..];
        }
        return null;
    }
}
