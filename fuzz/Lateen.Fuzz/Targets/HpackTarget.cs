// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Http.Hpack;

namespace Lateen.Fuzz.Targets;

/// <summary>Fields that were decoded encode and decode to the same; tables keep their limits; Huffman code has one spelling.</summary>
internal sealed class HpackTarget : IFuzzTarget
{
    private readonly HpackScratch _scratch = new();

    public string Name => "hpack";

    public void Run(byte[] input, Random random)
    {
        var decoder = new HpackDecoder(_scratch);
        var encoder = new HpackEncoder(huffman: random.Next(2) == 0);
        var again = new HpackDecoder(_scratch);
        foreach (var block in Blocks(input))
        {
            var sink = new ListSink();
            if (decoder.Decode(block, ref sink) != HpackFault.None)
                break;
            BrokenException.Unless(decoder.TableSize <= HpackDecoder.DefaultTableSize, "the table keeps its limit");
            RoundTrip(sink.Fields, encoder, again);
        }
        CheckHuffman(input);
    }

    /// <summary>A connection's blocks: each begins with its length.</summary>
    private static IEnumerable<byte[]> Blocks(byte[] input)
    {
        for (var at = 0; at < input.Length; )
        {
            var length = Math.Min(input[at], input.Length - at - 1);
            yield return input[(at + 1)..(at + 1 + length)];
            at += 1 + length;
        }
    }

    private static void RoundTrip(List<(byte[] Name, byte[] Value)> fields, HpackEncoder encoder, HpackDecoder decoder)
    {
        var output = new byte[fields.Sum(f => f.Name.Length + f.Value.Length + 12) + HpackEncoder.BlockOverhead];
        var at = 0;
        encoder.BeginBlock(output, ref at);
        foreach (var (name, value) in fields)
            encoder.WriteField(output, ref at, KnownHeaders.Classify(name), name, value);
        var sink = new ListSink();
        BrokenException.UnlessEqual(decoder.Decode(output.AsSpan(0, at), ref sink), HpackFault.None, "what is encoded");
        BrokenException.UnlessEqual(sink.Describe(), new ListSink(fields).Describe(), "fields that are encoded");
        BrokenException.UnlessEqual(decoder.TableSize, encoder.TableSize, "table behind what is encoded");
    }

    private static void CheckHuffman(byte[] input)
    {
        var decoded = new byte[Huffman.MaxDecodedLength(input.Length)];
        var length = Huffman.Decode(input, decoded);
        if (length < 0)
            return;
        var encoded = new byte[Huffman.EncodedLength(decoded.AsSpan(0, length))];
        Huffman.Encode(decoded.AsSpan(0, length), encoded);
        BrokenException.Unless(encoded.AsSpan().SequenceEqual(input), "Huffman code that is encoded again");
    }

    private readonly struct ListSink(List<(byte[] Name, byte[] Value)> fields) : IFieldSink
    {
        public ListSink()
            : this([]) { }

        public List<(byte[] Name, byte[] Value)> Fields { get; } = fields;

        public void OnField(scoped in HpackField field) => Fields.Add((field.Name.ToArray(), field.Value.ToArray()));

        public string Describe() =>
            string.Join('\n', Fields.Select(f => $"{Convert.ToHexString(f.Name)}:{Convert.ToHexString(f.Value)}"));
    }
}
