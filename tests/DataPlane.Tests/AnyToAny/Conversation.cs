// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Threading.Channels;

namespace DataPlane.Tests.AnyToAny;

/// <summary>A request body that is said piece by piece while the response is already coming.</summary>
internal sealed class Conversation : HttpContent
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public ValueTask SayAsync(byte[] piece, CancellationToken cancel) => _pieces.Writer.WriteAsync(piece, cancel);

    public void End() => _pieces.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        // The head goes at once.
        await stream.FlushAsync();
        await foreach (var piece in _pieces.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
