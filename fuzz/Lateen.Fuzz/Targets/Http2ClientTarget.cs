// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;

namespace Lateen.Fuzz.Targets;

/// <summary>Whatever a server sends to a client that has two streams open: likewise.</summary>
internal sealed class Http2ClientTarget : IFuzzTarget
{
    public string Name => "http2-client";

    public void Run(byte[] input, Random random)
    {
        byte[] whole = [0, 0, 0, 4, 0, 0, 0, 0, 0, .. input];
        var streamErrors = random.Next(2) == 0;
        var first = Start(streamErrors).Run(whole, whole.Length);
        var second = Start(streamErrors).Run(whole, random.Next(1, 60));
        BrokenException.UnlessEqual(second, first, "events in pieces");
    }

    private static Http2Side Start(bool streamErrors)
    {
        var client = new Http2Side(Http2Role.Client, streamErrors);
        client.SendRequest(endOfStream: true);
        client.SendRequest(endOfStream: false);
        return client;
    }
}
