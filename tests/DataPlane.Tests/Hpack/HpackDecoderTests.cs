// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;

namespace DataPlane.Tests.Hpack;

public sealed class HpackDecoderTests
{
    /// <summary>Each row is a block, in hexadecimal, that RFC 7541 does not allow or that we do not admit.</summary>
    public static TheoryData<string, string, HpackFault> Refused =>
        new()
        {
            { "§6.1 index 0", "80", HpackFault.InvalidIndex },
            { "§2.3.3 index behind both tables", "be", HpackFault.InvalidIndex },
            { "§2.3.3 name index behind both tables", "7e0161", HpackFault.InvalidIndex },
            { "§2.3.3 name index, not indexed, behind both tables", "0f2f0161", HpackFault.InvalidIndex },
            { "§5.1 integer without its end", "ff", HpackFault.Truncated },
            { "§5.1 integer without its last octet", "ff80", HpackFault.Truncated },
            { "§5.1 integer of more than 28 bits", "ffffffffff0f", HpackFault.IntegerTooLarge },
            { "§5.1 integer padded with zeros", "ff8080808000", HpackFault.IntegerTooLarge },
            { "§5.2 length without text", "4005616263", HpackFault.Truncated },
            { "§5.2 name without value", "400161", HpackFault.Truncated },
            { "§5.2 huge length", "407fffffff07", HpackFault.Truncated },
            { "§5.2 Huffman: padding of zeros", "40810000", HpackFault.InvalidHuffman },
            { "§5.2 Huffman: padding of eight bits", "408418c63fff00", HpackFault.InvalidHuffman },
            { "§5.2 Huffman: padding of a whole octet", "4082ffff00", HpackFault.InvalidHuffman },
            { "§5.2 Huffman: the end of the string inside", "4084ffffffff00", HpackFault.InvalidHuffman },
            { "§6.3 size above the limit", "3fe21f", HpackFault.TableSizeTooLarge },
            { "§4.2 size behind a field", "823f", HpackFault.TableSizeMisplaced },
        };

    [Theory, MemberData(nameof(Refused))]
    public void A_block_that_breaks_the_rules_is_refused(string rule, string block, HpackFault fault)
    {
        var decoder = new HpackDecoder(new HpackScratch());
        var decoded = FieldList.Decode(decoder, Convert.FromHexString(block)).Fault;
        Assert.True(fault == decoded, $"{rule}: {decoded}");
    }

    [Fact]
    public void A_size_larger_than_an_entry_evicts_it_and_one_smaller_keeps_it()
    {
        var decoder = new HpackDecoder(new HpackScratch());
        FieldList.Decode(decoder, Convert.FromHexString("400161016240016301644001650166")); // a: b, c: d, e: f
        Assert.Equal(3 * 34, decoder.TableSize);
        var (fault, lines) = FieldList.Decode(decoder, [0x3f, 68 - 31, 0xbe, 0xbf]); // two entries' size
        Assert.Equal(HpackFault.None, fault);
        Assert.Equal(["e: f", "c: d"], lines);
        Assert.Equal(HpackFault.InvalidIndex, FieldList.Decode(decoder, [0xc0]).Fault);
    }

    [Fact]
    public void An_entry_larger_than_the_table_empties_it()
    {
        var decoder = new HpackDecoder(new HpackScratch());
        FieldList.Decode(decoder, [0x20 | 20, 0x3f, 33, 0x40, 1, (byte)'a', 1, (byte)'b']); // sizes 20, then 64
        Assert.Equal(34, decoder.TableSize);
        byte[] large = [0x40, 1, (byte)'a', 40, .. Enumerable.Repeat((byte)'x', 40)];
        Assert.Equal(HpackFault.None, FieldList.Decode(decoder, large).Fault);
        Assert.Equal(0, decoder.TableSize);
    }

    [Fact]
    public void A_name_out_of_the_entry_that_is_evicted_for_it_stays_whole()
    {
        var decoder = new HpackDecoder(new HpackScratch());
        FieldList.Decode(decoder, [0x3f, 50 - 31, 0x40, 5, .. "abcde"u8, 1, (byte)'1']);
        byte[] renamed = [0x7e, 10, .. "0123456789"u8];
        Assert.Equal(["abcde: 0123456789"], FieldList.Decode(decoder, renamed).Lines);
        Assert.Equal(["abcde: 0123456789"], FieldList.Decode(decoder, [0xbe]).Lines);
    }

    [Fact]
    public void A_table_made_smaller_by_our_settings_has_to_be_announced()
    {
        var decoder = new HpackDecoder(new HpackScratch(), maxTableSize: 100);
        Assert.Equal(HpackFault.None, FieldList.Decode(decoder, [0x82]).Fault); // before they are acknowledged
        decoder.OnSettingsAcknowledged();
        Assert.Equal(HpackFault.TableSizeMissing, FieldList.Decode(decoder, [0x82]).Fault);
        Assert.Equal(HpackFault.None, FieldList.Decode(decoder, [0x20, 0x82]).Fault);
        Assert.Equal(HpackFault.None, FieldList.Decode(decoder, [0x82]).Fault);
    }

    [Fact]
    public void A_bomb_grows_nothing_but_the_sink()
    {
        // One entry of 4 KB, then named a thousand times in a thousand octets.
        var decoder = new HpackDecoder(new HpackScratch());
        var block = new List<byte> { 0x40, 1, (byte)'a' };
        const int Length = 4000;
        block.AddRange([0x7f, (byte)(((Length - 127) & 0x7f) | 0x80), (byte)((Length - 127) >> 7)]);
        block.AddRange(Enumerable.Repeat((byte)'x', Length));
        Assert.Equal(HpackFault.None, FieldList.Decode(decoder, block.ToArray()).Fault);
        var sink = new CountingSink();
        var names = Enumerable.Repeat((byte)0xbe, 1000).ToArray();
        decoder.Decode(names, ref sink); // warm
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = decoder.Decode(names, ref sink);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(HpackFault.None, fault);
        Assert.Equal(2 * 1000 * (Length + 1), sink.Bytes);
        Assert.Equal(0, allocated);
        Assert.Equal(Length + 33, decoder.TableSize);
    }

    private struct CountingSink : IFieldSink
    {
        public int Bytes { get; private set; }

        public void OnField(scoped in HpackField field) => Bytes += field.Name.Length + field.Value.Length;
    }
}
