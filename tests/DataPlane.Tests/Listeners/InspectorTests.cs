// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Text;
using Lateen.Net;
using Lateen.Proxy.Listeners.Inspectors;

namespace DataPlane.Tests.Listeners;

/// <summary>What inspectors read off first bytes, whole and in pieces.</summary>
public sealed class InspectorTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "http/1.1")]
    [InlineData("GET / HTTP/1.0\r\n", "http/1.0")]
    [InlineData("PROPFIND /x?y HTTP/1.1\nhost", "http/1.1")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "h2c")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX", "")]
    [InlineData("PRIVATE / HTTP/1.1\r\n", "http/1.1")]
    [InlineData("GET /\r\n", "")] // HTTP/0.9
    [InlineData("GET / HTTP/3.7\r\n", "")]
    [InlineData("SSH-2.0-OpenSSH\r\n", "")]
    [InlineData("\u0016\u0003\u0001", "")]
    [InlineData(" GET", "")]
    [InlineData("", null)]
    [InlineData("P", null)]
    [InlineData("GET", null)]
    [InlineData("GET /long", null)]
    public void Http_is_told_by_its_first_line(string bytes, string? expected) =>
        Assert.Equal(expected, HttpSniffer.Sniff(Encoding.Latin1.GetBytes(bytes)));

    [Fact]
    public void A_request_line_without_an_end_is_given_up()
    {
        var start = "GET /" + new string('a', 8192);
        Assert.Equal("", HttpSniffer.Sniff(Encoding.ASCII.GetBytes(start)));
        // Also where its end has come with the same read.
        Assert.Equal("", HttpSniffer.Sniff(Encoding.ASCII.GetBytes(start + " HTTP/1.1\r\n")));
    }

    [Fact]
    public void A_hello_is_read_whole_at_every_length_of_its_records()
    {
        var message = Hello("Cart.Shop.Test", "istio", "h2");
        for (var record = 1; record <= message.Length; record += record < 64 ? 1 : 37)
        {
            var bytes = InRecords(message, record);
            for (var length = 0; length < bytes.Length; length++)
                Assert.Equal(
                    ClientHelloStatus.NeedMore,
                    ClientHello.TryRead(bytes.AsSpan(0, length).ToArray(), false, out _)
                );
            Assert.Equal(ClientHelloStatus.Complete, ClientHello.TryRead(bytes.ToArray(), false, out var hello));
            Assert.Equal("cart.shop.test", hello!.ServerName);
            Assert.Equal(["istio", "h2"], hello.Protocols);
        }
    }

    [Fact]
    public void A_hello_may_have_neither_name_nor_protocols()
    {
        var bytes = InRecords(Hello(""), 16_384);
        Assert.Equal(ClientHelloStatus.Complete, ClientHello.TryRead(bytes, false, out var hello));
        Assert.Equal("", hello!.ServerName);
        Assert.Empty(hello.Protocols);
    }

    public static TheoryData<string> NoHellos =>
        new() { "GET / HTTP/1.1\r\n", "\u0015\u0003\u0001\0\u0002", "\u0016\u0002\0", "\0" };

    [Theory]
    [MemberData(nameof(NoHellos))]
    public void What_is_not_tls_is_known_at_once(string bytes) =>
        Assert.Equal(ClientHelloStatus.NotTls, ClientHello.TryRead(Encoding.Latin1.GetBytes(bytes), true, out _));

    /// <summary>Any byte changed: it reads, wants more, or is no TLS; it never throws.</summary>
    [Fact]
    public void Damage_never_throws()
    {
        var good = InRecords(Hello("cart.shop.test", "h2"), 16_384);
        for (var at = 0; at < good.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0xFF })
            {
                var bad = good.ToArray();
                bad[at] = value;
                ClientHello.TryRead(bad, true, out _);
            }
        }
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 4711 443\r\nrest", "192.0.2.1:4711", "198.51.100.7:443")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n", "[2001:db8::1]:1", "[2001:db8::2]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", "", "")]
    [InlineData("PROXY UNKNOWN ffff::1 whatever\r\n", "", "")]
    public void Proxy_headers_of_version_1(string text, string source, string destination)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(bytes, out var header));
        Assert.Equal(text.IndexOf('\n', StringComparison.Ordinal) + 1, header.Length);
        Assert.Equal(source, header.Source.IsNone ? "" : header.Source.ToString());
        Assert.Equal(destination, header.Destination.IsNone ? "" : header.Destination.ToString());
        for (var length = 0; length < header.Length; length++)
            Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeader.TryRead(bytes.AsSpan(0, length), out _));
    }

    public static TheoryData<string, int> BadProxyHeaders =>
        new()
        {
            { "GET / HTTP/1.1", (int)ProxyHeaderStatus.Absent },
            { "\r\n\r\nX", (int)ProxyHeaderStatus.Absent },
            { "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 ::1 ::1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY " + new string('x', 107), (int)ProxyHeaderStatus.Malformed },
            { "\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0C", (int)ProxyHeaderStatus.Malformed },
            { "\r\n\r\n\0\r\nQUIT\n\x22\x11\0\x0C", (int)ProxyHeaderStatus.Malformed },
            { "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x01x", (int)ProxyHeaderStatus.Malformed },
            // On behalf of somebody who cannot be told: nobody is let in under no name, as in Envoy.
            { "\r\n\r\n\0\r\nQUIT\n\x21\0\0\0", (int)ProxyHeaderStatus.Malformed },
            { "\r\n\r\n\0\r\nQUIT\n\x21\x31\0\x01x", (int)ProxyHeaderStatus.Malformed },
            {
                "\r\n\r\n\0\r\nQUIT\n\x21\x13\0\x0C\x01\x02\x03\x04\x05\x06\x07\x08\0\x01\0\x02",
                (int)ProxyHeaderStatus.Malformed
            },
            // To nobody, to many, to all.
            { "PROXY TCP4 0.0.0.0 5.6.7.8 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 1.2.3.4 224.0.0.1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 1.2.3.4 255.255.255.255 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP6 ff02::1 2001:db8::1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP6 :: 2001:db8::1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            // Addresses that inet_pton does not read, but others do, each as it likes.
            { "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\0\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 127.1 5.6.7.8 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 1.2.3.4 010.0.0.1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP4 0x7f.0.0.1 5.6.7.8 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP6 fe80::1%1 ::1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP6 [::1] ::1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
            { "PROXY TCP6 [::1]:80 ::1 1 2\r\n", (int)ProxyHeaderStatus.Malformed },
        };

    [Theory]
    [MemberData(nameof(BadProxyHeaders))]
    public void Bad_proxy_headers(string text, int expected) =>
        Assert.Equal((ProxyHeaderStatus)expected, ProxyHeader.TryRead(Encoding.Latin1.GetBytes(text), out _));

    /// <summary>Commands and families of version 2, with what stands behind the addresses.</summary>
    [Theory]
    [InlineData("\x21\x11\0\x0C\x01\x02\x03\x04\x05\x06\x07\x08\0\x01\0\x02", "1.2.3.4:1", "5.6.7.8:2", 28)]
    [InlineData("\x21\x12\0\x0C\x01\x02\x03\x04\x05\x06\x07\x08\0\x01\0\x02", "1.2.3.4:1", "5.6.7.8:2", 28)] // datagrams
    [InlineData("\x21\x11\0\x10\x01\x02\x03\x04\x05\x06\x07\x08\0\x01\0\x02\x04\0\x01x", "1.2.3.4:1", "5.6.7.8:2", 28)]
    [InlineData("\x20\0\0\0", "", "", 16)] // LOCAL: a health check
    [InlineData("\x20\x11\0\x03xyz", "", "", 19)] // of LOCAL everything is skipped
    public void Proxy_headers_of_version_2(string text, string source, string destination, int tlvs)
    {
        var bytes = Encoding.Latin1.GetBytes("\r\n\r\n\0\r\nQUIT\n" + text);
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(bytes, out var header));
        Assert.Equal((bytes.Length, 2, tlvs), (header.Length, header.Version, header.TlvStart));
        Assert.Equal(source, header.Source.IsNone ? "" : header.Source.ToString());
        Assert.Equal(destination, header.Destination.IsNone ? "" : header.Destination.ToString());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\x01\0\x02h2", "1=h2")]
    [InlineData("\x02\0\0", "2=")]
    [InlineData("\x01\0\x02h2\xE0\0\u0003abc", "1=h2,224=abc")]
    [InlineData("\x01\0\x03h2", null)]
    [InlineData("\x01\0", null)]
    [InlineData("\x01\xFF\xFFx", null)]
    public void Type_length_values(string text, string? expected)
    {
        var tlvs = new List<Lateen.Net.Streams.ProxyTlv>();
        var isRead = ProxyTlvs.TryRead(Encoding.Latin1.GetBytes(text), tlvs);
        Assert.Equal(expected is not null, isRead);
        if (isRead)
            Assert.Equal(
                expected,
                string.Join(',', tlvs.Select(static tlv => $"{tlv.Type}={Encoding.Latin1.GetString(tlv.Value.Span)}"))
            );
    }

    /// <summary>What is too much for the length field is left out, value by value.</summary>
    [Fact]
    public void Values_that_do_not_fit_are_left_out()
    {
        var address = NetAddress.From(IPAddress.Parse("192.0.2.1"), 1);
        Lateen.Net.Streams.ProxyTlv[] tlvs = [new(1, new byte[40_000]), new(2, new byte[40_000]), new(3, new byte[10])];
        var bytes = ProxyHeader.WriteWith(tlvs, address, address);
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(bytes, out var header));
        var read = new List<Lateen.Net.Streams.ProxyTlv>();
        Assert.True(ProxyTlvs.TryRead(bytes.AsSpan(header.TlvStart..header.Length), read));
        Assert.Equal([(1, 40_000), (3, 10)], read.Select(static tlv => ((int)tlv.Type, tlv.Value.Length)));
    }

    public static TheoryData<string, string, string> Fingerprints =>
        new()
        {
            // supported groups, point formats → what is hashed, and its MD5 by openssl
            { "", "771,4865-4866,43-0-16,,", "17e2d4e280c91dc05c515327acf5cb14" },
            { "29,23", "771,4865-4866,43-0-16-10,29-23,", "b691703fec3f385210e726886630c434" },
            { "2570,29,64250,24", "771,4865-4866,43-0-16-10,29-24,", "7687d8435ba23b7d337d7e3c3cf8e934" }, // greased
            { "29|0", "771,4865-4866,43-0-16-10-11,29,0", "f30a4d89fe750318fb9f53c3075d11ca" },
            { "29|0,1,2", "771,4865-4866,43-0-16-10-11,29,0-1-2", "d822456aff8368c02f4f4be8d6d11ca4" },
        };

    [Theory]
    [MemberData(nameof(Fingerprints))]
    public void Ja3_fingerprints(string groups, string expected, string md5)
    {
        var message = HelloWith("cart.test", groups, "h2");
        Assert.Equal(expected, Ja3Fingerprint.Text(message.AsSpan(4)));
        Assert.Equal(ClientHelloStatus.Complete, ClientHello.TryRead(InRecords(message, 100), true, out var hello));
        Assert.Equal(md5, hello!.Ja3);
    }

    [Theory]
    [InlineData(1, "192.0.2.1", "198.51.100.7")]
    [InlineData(1, "2001:db8::1", "2001:db8::2")]
    [InlineData(2, "192.0.2.1", "198.51.100.7")]
    [InlineData(2, "2001:db8::1", "2001:db8::2")]
    [InlineData(1, "", "")]
    [InlineData(2, "", "")]
    public void A_header_that_is_written_reads_the_same(int version, string from, string to)
    {
        var source = from.Length == 0 ? default : NetAddress.From(IPAddress.Parse(from), 4711);
        var destination = to.Length == 0 ? default : NetAddress.From(IPAddress.Parse(to), 443);
        var buffer = new byte[ProxyHeader.MaxWritten];
        var length = ProxyHeader.Write(version, source, destination, buffer);
        for (var part = 0; part < length; part++)
            Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeader.TryRead(buffer.AsSpan(0, part), out _));
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(buffer.AsSpan(0, length), out var header));
        Assert.Equal((length, version, length), (header.Length, header.Version, header.TlvStart));
        Assert.Equal((source, destination), (header.Source, header.Destination));
    }

    private static byte[] InRecords(ReadOnlySpan<byte> message, int size)
    {
        var bytes = new List<byte>();
        while (!message.IsEmpty)
        {
            var part = message[..Math.Min(size, message.Length)];
            bytes.AddRange([22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length]);
            bytes.AddRange(part);
            message = message[part.Length..];
        }
        return bytes.ToArray();
    }

    private static byte[] Hello(string serverName, params string[] protocols) => HelloWith(serverName, "", protocols);

    private static byte[] HelloWith(string serverName, string groups, params string[] protocols)
    {
        var extensions = new List<byte>();
        Extension(extensions, 43, [2, 3, 4]); // supported_versions, which is skipped
        if (serverName.Length > 0)
            Extension(extensions, 0, Vector16([0, .. Vector16(Encoding.ASCII.GetBytes(serverName))]));
        if (protocols.Length > 0)
        {
            var list = protocols.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);
            Extension(extensions, 16, Vector16(list.ToArray()));
        }
        var lists = groups.Split('|');
        if (groups.Length > 0)
            Extension(
                extensions,
                10,
                Vector16([.. Numbers(lists[0]).SelectMany(static one => (byte[])[(byte)(one >> 8), (byte)one])])
            );
        if (lists.Length > 1)
            Extension(
                extensions,
                11,
                [(byte)Numbers(lists[1]).Length, .. Numbers(lists[1]).Select(static one => (byte)one)]
            );
        byte[] body =
        [
            3,
            3,
            .. new byte[32], // version, random
            0, // session
            .. Vector16([0x13, 1, 0x13, 2]), // ciphers
            1,
            0, // compression
            .. Vector16(extensions.ToArray()),
        ];
        return [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    private static int[] Numbers(string list) => list.Split(',').Select(int.Parse).ToArray();

    private static void Extension(List<byte> extensions, ushort kind, byte[] content)
    {
        var head = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(head, kind);
        extensions.AddRange([.. head, .. Vector16(content)]);
    }

    private static byte[] Vector16(byte[] content) => [(byte)(content.Length >> 8), (byte)content.Length, .. content];
}
