// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Loop;
using Lateen.Net.Streams;

namespace Lateen.Proxy.Tcp;

/// <summary>
/// Carries one direction of a relayed connection to its end. Back-pressure is in the write: nothing is read while the other
/// side does not take what was. Much data at a stretch goes through a pipe inside the kernel (splice) as long as it lasts.
/// </summary>
internal sealed class TcpPump(EventLoop loop, ByteStream from, ByteStream to, Action moved)
{
    /// <summary>Large reads in a row after which splicing pays: small exchanges are cheaper copied.</summary>
    private const int LargeReadsForBulk = 8;

    /// <summary>What makes a read, of 16 KiB at the most, a large one; a splice that moves less is no bulk any more.</summary>
    private const int LeastBulk = 8 * 1024;

    /// <summary>Bytes carried.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of them that went through the kernel alone.</summary>
    public long SplicedBytes { get; private set; }

    /// <returns><see cref="IoResult.EndOfStream"/> after an end that was passed on, else what broke.</returns>
    public async LoopTask<int> RunAsync()
    {
        var largeReads = 0;
        while (true)
        {
            int result;
            if (largeReads >= LargeReadsForBulk && from.CanSpliceTo(to) && loop.Pipes.Rent() is { } pipe)
            {
                result = await SpliceAsync(pipe);
                largeReads = 0;
            }
            else
            {
                result = await CopyAsync();
                largeReads = result >= LeastBulk ? largeReads + 1 : 0;
            }
            if (result > 0)
                continue;
            if (result == IoResult.EndOfStream)
                to.ShutdownWrite();
            return result;
        }
    }

    private async LoopTask<int> CopyAsync()
    {
        var read = from.Input.IsEmpty ? await from.ReadAsync() : 1;
        if (read <= 0)
            return read;
        var length = from.Input.Length;
        var written = await to.WriteAsync(from.Input);
        if (written < 0)
            return written;
        from.Consume(length);
        OnMoved(length);
        return length;
    }

    /// <summary>Splices until the stretch of bulk data is over.</summary>
    private async LoopTask<int> SpliceAsync(SplicePipe pipe)
    {
        int spliced;
        do
        {
            spliced = await from.SpliceAsync(to, pipe);
            if (spliced > 0)
            {
                SplicedBytes += spliced;
                OnMoved(spliced);
            }
        } while (spliced >= LeastBulk);
        loop.Pipes.Return(pipe);
        return spliced;
    }

    private void OnMoved(int bytes)
    {
        Bytes += bytes;
        moved();
    }
}
