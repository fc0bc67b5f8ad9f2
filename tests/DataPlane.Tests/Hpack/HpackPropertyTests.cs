// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Http;
using Lateen.Http.Hpack;

namespace DataPlane.Tests.Hpack;

public sealed class HpackPropertyTests
{
    private static readonly Gen<byte[]> s_name = Gen.OneOf(
        Gen.OneOf<string>(
                "content-type",
                "x-a",
                "cookie",
                "authorization",
                "user-agent",
                "te",
                "x-request-id",
                "accept-encoding"
            )
            .Select(Bytes),
        Gen.Char['a', 'z'].Array[1, 40].Select(c => Bytes(new string(c)))
    );

    private static readonly Gen<byte[]> s_value = Gen.OneOf(
        Gen.OneOf<string>("", "application/grpc", "gzip, deflate", "trailers", "1", "text/html; charset=utf-8")
            .Select(Bytes),
        Gen.Byte.Array[0, 300]
    );

    private static readonly Gen<(byte[] Name, byte[] Value)[][]> s_blocks = Gen.Select(s_name, s_value)
        .Array[0, 12]
        .Array[1, 30];

    [Fact]
    public void What_is_encoded_decodes_to_the_same()
    {
        var sizes = Gen.OneOf<int>(0, 40, 200, 4096, 65536);
        Gen.Select(s_blocks, Gen.Bool, sizes, sizes)
            .Sample(
                (blocks, huffman, ours, peers) =>
                {
                    var encoder = new HpackEncoder(ours, huffman);
                    var decoder = new HpackDecoder(new HpackScratch(), Math.Max(peers, 4096));
                    for (var i = 0; i < blocks.Length; i++)
                    {
                        if (i == blocks.Length / 2)
                            encoder.SetPeerTableSize(peers);
                        AssertRoundTrip(blocks[i], encoder, decoder);
                    }
                },
                iter: 2000
            );
    }

    [Fact]
    public void Huffman_decodes_what_it_encodes() =>
        Gen
            .Byte.Array[0, 500]
            .Sample(
                text =>
                {
                    var encoded = new byte[Huffman.EncodedLength(text)];
                    Assert.Equal(encoded.Length, Huffman.Encode(text, encoded));
                    var decoded = new byte[Huffman.MaxDecodedLength(encoded.Length)];
                    var length = Huffman.Decode(encoded, decoded);
                    Assert.Equal(text, decoded.AsSpan(0, Math.Max(length, 0)).ToArray());
                },
                iter: 5000
            );

    [Fact]
    public void Every_octet_has_a_code_that_decodes_alone_and_between_others()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            byte[] text = [(byte)octet, (byte)'a', (byte)octet, (byte)octet];
            var encoded = new byte[Huffman.EncodedLength(text)];
            Huffman.Encode(text, encoded);
            var decoded = new byte[Huffman.MaxDecodedLength(encoded.Length)];
            Assert.Equal(4, Huffman.Decode(encoded, decoded));
            Assert.Equal(text, decoded[..4]);
        }
    }

    [Fact]
    public void Random_bytes_are_decoded_or_refused_and_the_table_keeps_its_limit() =>
        Gen
            .Byte.Array[0, 200]
            .Array[1, 20]
            .Sample(
                blocks =>
                {
                    var decoder = new HpackDecoder(new HpackScratch());
                    foreach (var block in blocks)
                    {
                        if (FieldList.Decode(decoder, block).Fault != HpackFault.None)
                            break;
                        Assert.InRange(decoder.TableSize, 0, HpackDecoder.DefaultTableSize);
                    }
                },
                iter: 5000
            );

    [Fact]
    public void A_field_seen_twice_costs_one_octet_from_the_third_time_on()
    {
        var encoder = new HpackEncoder();
        int Length(string value)
        {
            var output = new byte[200];
            var at = 0;
            encoder.BeginBlock(output, ref at);
            encoder.WriteField(output, ref at, KnownHeader.UserAgent, "user-agent"u8, Bytes(value));
            return at;
        }
        Assert.Equal(15, Length("curl/8.1.2-X"));
        Assert.Equal(14, Length("curl/8.1.2-X"));
        Assert.Equal(1, Length("curl/8.1.2-X"));
        Assert.Equal(54, encoder.TableSize);
    }

    [Theory]
    [InlineData(KnownHeader.Authorization, "authorization", "Bearer of a token that is long enough", 0x1f)]
    [InlineData(KnownHeader.ProxyAuthorization, "proxy-authorization", "Basic dXNlcjpwYXNz", 0x1f)]
    [InlineData(KnownHeader.Cookie, "cookie", "id=7", 0x1f)]
    public void Secrets_are_never_indexed(KnownHeader id, string name, string value, byte first)
    {
        // RFC 7541 §7.1.3
        var encoder = new HpackEncoder();
        for (var i = 0; i < 3; i++)
        {
            var output = new byte[200];
            var at = 0;
            encoder.WriteField(output, ref at, id, Bytes(name), Bytes(value));
            Assert.Equal(first, output[0]);
            Assert.Equal(0, encoder.TableSize);
        }
    }

    private static void AssertRoundTrip(
        (byte[] Name, byte[] Value)[] fields,
        HpackEncoder encoder,
        HpackDecoder decoder
    )
    {
        var output = new byte[20_000];
        var at = 0;
        encoder.BeginBlock(output, ref at);
        foreach (var (name, value) in fields)
            encoder.WriteField(output, ref at, KnownHeaders.Classify(name), name, value);
        var (fault, lines) = FieldList.Decode(decoder, output.AsSpan(0, at));
        Assert.Equal(HpackFault.None, fault);
        Assert.Equal(fields.Select(f => $"{Text(f.Name)}: {Text(f.Value)}"), lines);
        Assert.Equal(encoder.TableSize, decoder.TableSize);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    private static string Text(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
