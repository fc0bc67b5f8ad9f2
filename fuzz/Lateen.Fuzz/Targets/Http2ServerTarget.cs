// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http2;

namespace Lateen.Fuzz.Targets;

/// <summary>Whatever a client sends: the same happens however it is cut, and nothing is left behind.</summary>
internal sealed class Http2ServerTarget : IFuzzTarget
{
    public string Name => "http2-server";

    public void Run(byte[] input, Random random)
    {
        byte[] whole = [.. Http2Connection.ClientPreface, 0, 0, 0, 4, 0, 0, 0, 0, 0, .. input];
        var streamErrors = random.Next(2) == 0;
        var first = new Http2Side(Http2Role.Server, streamErrors).Run(whole, whole.Length);
        var second = new Http2Side(Http2Role.Server, streamErrors).Run(whole, random.Next(1, 60));
        BrokenException.UnlessEqual(second, first, "events in pieces");
    }
}
