// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Listeners.Inspectors;

namespace Lateen.Fuzz.Targets;

/// <summary>
/// What the TLS inspector finds does not depend on how the bytes arrive, nor on what comes behind the ClientHello; and in a
/// valid one, whatever else it has and however it is cut into records, it finds what was put in.
/// </summary>
internal sealed class ClientHelloTarget : IFuzzTarget
{
    public string Name => "client-hello";

    public void Run(byte[] input, Random random)
    {
        InPieces(input, random);
        InPieces([.. HelloMaker.Make(input, random, out var serverName, out var protocols), .. input], random);
        var whole = Read([.. HelloMaker.Make(input, new Random(1), out serverName, out protocols)], out var hello);
        BrokenException.UnlessEqual(whole, ClientHelloStatus.Complete, "a valid ClientHello");
        BrokenException.UnlessEqual(hello!.ServerName, serverName.ToLowerInvariant(), "server name");
        BrokenException.UnlessEqual(string.Join(',', hello.Protocols), string.Join(',', protocols), "protocols");
        BrokenException.UnlessEqual(hello.Ja3.Length, 32, "length of a fingerprint");
    }

    /// <summary>As the inspector does it: from the start again, whenever there is more.</summary>
    private static void InPieces(byte[] input, Random random)
    {
        var whole = Read(input, out var expected);
        var last = ClientHelloStatus.NeedMore;
        for (var available = 0; last == ClientHelloStatus.NeedMore && available < input.Length; )
        {
            available = Math.Min(input.Length, available + random.Next(1, 400));
            last = Read(input[..available], out var hello);
            if (last == ClientHelloStatus.Complete)
                BrokenException.UnlessEqual(Describe(hello), Describe(expected), "ClientHello in pieces");
            else
                BrokenException.Unless(hello is null, "there is a ClientHello only where one was read");
        }
        BrokenException.UnlessEqual(last, whole, "status in pieces");
    }

    /// <summary>Reads in the middle of a buffer, of which the rest has to stay as it is.</summary>
    private static ClientHelloStatus Read(byte[] bytes, out ClientHello? hello)
    {
        const int Margin = 8;
        var buffer = new byte[bytes.Length + (2 * Margin)];
        buffer.AsSpan().Fill(0xA5);
        bytes.CopyTo(buffer, Margin);
        var status = ClientHello.TryRead(buffer.AsSpan(Margin, bytes.Length), makesJa3: true, out hello);
        BrokenException.Unless(
            !buffer.AsSpan(0, Margin).ContainsAnyExcept((byte)0xA5)
                && !buffer.AsSpan(Margin + bytes.Length).ContainsAnyExcept((byte)0xA5),
            "nothing beside the bytes is written"
        );
        return status;
    }

    private static string Describe(ClientHello? hello) =>
        hello is null ? "none" : $"{hello.ServerName}|{string.Join(',', hello.Protocols)}|{hello.Ja3}";
}
