// SPDX-License-Identifier: Apache-2.0
using Lateen.Net;
using Lateen.Net.Streams;
using Lateen.Proxy.Listeners.Inspectors;

namespace Lateen.Fuzz.Targets;

/// <summary>
/// A PROXY protocol header is what it is however the bytes arrive and whatever stands behind it, agrees with a second
/// reader, and says the same when it is written again, in either version.
/// </summary>
internal sealed class ProxyHeaderTarget : IFuzzTarget
{
    private const int Longest = 16 + ushort.MaxValue;

    public string Name => "proxy-protocol";

    public void Run(byte[] input, Random random)
    {
        var whole = ProxyHeader.TryRead(input, out var header);
        BrokenException.Unless(
            header.Length <= input.Length || whole != ProxyHeaderStatus.Complete,
            "more was taken than there was"
        );
        BrokenException.Unless(
            whole != ProxyHeaderStatus.NeedMore || input.Length < Longest,
            "more is asked for, and more"
        );
        BrokenException.UnlessEqual(
            Describe(whole, header),
            ProxyHeaderOracle.Describe(input),
            "what a second reader reads"
        );
        InPieces(input, random, whole, header);
        if (whole != ProxyHeaderStatus.Complete)
            return;
        var tlvs = new List<ProxyTlv>();
        if (header.Version == 2 && ProxyTlvs.TryRead(input.AsSpan(header.TlvStart..header.Length), tlvs))
            WriteTlvs(header, input.AsSpan(header.TlvStart..header.Length), tlvs);
        WriteAndReadAgain(1, header);
        WriteAndReadAgain(2, header);
    }

    /// <summary>A status and what was read, as text; <see cref="ProxyHeaderOracle"/> says the same.</summary>
    private static string Describe(ProxyHeaderStatus status, in ProxyHeader header) =>
        status != ProxyHeaderStatus.Complete ? $"{status}"
        : header.Source.IsNone ? $"{header.Length} {header.TlvStart}"
        : $"{header.Length} {header.TlvStart} {header.Source} {header.Destination}";

    private static void InPieces(byte[] input, Random random, ProxyHeaderStatus whole, in ProxyHeader expected)
    {
        var last = ProxyHeaderStatus.NeedMore;
        var header = default(ProxyHeader);
        for (var available = 0; last == ProxyHeaderStatus.NeedMore && available < input.Length; )
        {
            available = Math.Min(input.Length, available + random.Next(1, 30));
            last = ProxyHeader.TryRead(input.AsSpan(0, available), out header);
        }
        BrokenException.UnlessEqual(Describe(last, header), Describe(whole, expected), "header in pieces");
    }

    private static void WriteAndReadAgain(int version, in ProxyHeader header)
    {
        var buffer = new byte[ProxyHeader.MaxWritten];
        var length = ProxyHeader.Write(version, header.Source, header.Destination, buffer);
        var status = ProxyHeader.TryRead(buffer.AsSpan(0, length), out var again);
        BrokenException.UnlessEqual(status, ProxyHeaderStatus.Complete, "what is written");
        BrokenException.UnlessEqual(again.Length, length, "length of what is written");
        BrokenException.UnlessEqual(again.Version, version, "version of what is written");
        BrokenException.UnlessEqual(again.Source, header.Source, "source of what is written");
        BrokenException.UnlessEqual(again.Destination, header.Destination, "destination of what is written");
    }

    private static void WriteTlvs(in ProxyHeader header, ReadOnlySpan<byte> values, List<ProxyTlv> tlvs)
    {
        var written = ProxyHeader.WriteWith(tlvs, header.Source, header.Destination);
        BrokenException.UnlessEqual(
            ProxyHeader.TryRead(written, out var again),
            ProxyHeaderStatus.Complete,
            "with values"
        );
        BrokenException.UnlessEqual(again.Source, header.Source, "source with values");
        if (!header.Source.IsNone)
            BrokenException.Unless(
                written.AsSpan(again.TlvStart).SequenceEqual(values),
                "values are written as they were"
            );
    }
}
