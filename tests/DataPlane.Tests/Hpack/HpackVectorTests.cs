// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Hpack;

namespace DataPlane.Tests.Hpack;

/// <summary>The examples of RFC 7541 Appendix C.2 to C.6: blocks of one connection, what they say, and the table behind each.</summary>
public sealed class HpackVectorTests
{
    public static TheoryData<string, int, string[], string[], int[]> Examples =>
        new()
        {
            {
                "C.2.1",
                4096,
                ["400a637573746f6d2d6b65790d637573746f6d2d686561646572"],
                ["custom-key: custom-header"],
                [55]
            },
            { "C.2.2", 4096, ["040c2f73616d706c652f70617468"], [":path: /sample/path"], [0] },
            { "C.2.3", 4096, ["100870617373776f726406736563726574"], ["password: secret"], [0] },
            { "C.2.4", 4096, ["82"], [":method: GET"], [0] },
            {
                "C.3",
                4096,
                [
                    "828684410f7777772e6578616d706c652e636f6d",
                    "828684be58086e6f2d6361636865",
                    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
                ],
                [
                    ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
                    ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
                    ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
                ],
                [57, 110, 164]
            },
            {
                "C.4",
                4096,
                [
                    "828684418cf1e3c2e5f23a6ba0ab90f4ff",
                    "828684be5886a8eb10649cbf",
                    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
                ],
                [
                    ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
                    ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
                    ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value",
                ],
                [57, 110, 164]
            },
            {
                "C.5",
                256,
                [
                    "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
                    "4803333037c1c0bf",
                    "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
                ],
                [
                    ":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
                    ":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
                    ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
                ],
                [222, 222, 215]
            },
            {
                "C.6",
                256,
                [
                    "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
                    "4883640effc1c0bf",
                    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
                ],
                [
                    ":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
                    ":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|location: https://www.example.com",
                    ":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|location: https://www.example.com|content-encoding: gzip|set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
                ],
                [222, 222, 215]
            },
        };

    [Theory, MemberData(nameof(Examples))]
    public void Example_of_Appendix_C_decodes(
        string section,
        int tableSize,
        string[] blocks,
        string[] fields,
        int[] sizes
    )
    {
        var decoder = new HpackDecoder(new HpackScratch());
        if (tableSize != HpackDecoder.DefaultTableSize)
            Assert.Equal(HpackFault.None, FieldList.Decode(decoder, [0x3f, 0xe1, 0x01]).Fault); // size 256
        for (var i = 0; i < blocks.Length; i++)
        {
            var (fault, lines) = FieldList.Decode(decoder, Convert.FromHexString(blocks[i]));
            Assert.Equal(HpackFault.None, fault);
            Assert.Equal(fields[i], string.Join('|', lines));
            Assert.True(sizes[i] == decoder.TableSize, $"{section}.{i + 1}: table of {decoder.TableSize} bytes");
        }
    }
}
