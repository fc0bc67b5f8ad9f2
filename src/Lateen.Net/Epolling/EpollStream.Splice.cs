// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Async;
using Lateen.Net.Buffers;
using Lateen.Net.Interop;
using Lateen.Net.Streams;

namespace Lateen.Net.Epolling;

/// <summary>Bytes that go from socket to socket inside the kernel.</summary>
internal sealed partial class EpollStream
{
    private const int MaxSplice = 1024 * 1024;

    public override bool CanSpliceTo(ByteStream to) =>
        _tls is null && _inputLength == 0 && to is EpollStream { _tls: null, _outputLength: 0 };

    public override async LoopTask<int> SpliceAsync(ByteStream to, SplicePipe pipe)
    {
        if (!CanSpliceTo(to))
            throw new InvalidOperationException("Only plaintext sockets without buffered bytes can be spliced.");
        var moved = NothingYet;
        while (moved == NothingYet)
        {
            if (IsDead)
                return IoResult.Aborted;
            moved = MayGoOn() ? Take(pipe) : NothingYet;
            if (moved == NothingYet && await WaitForReading(ReadWait.Edge) < 0)
                return IoResult.Aborted;
        }
        if (moved <= 0)
            return moved;
        BytesRead += moved;
        return await ((EpollStream)to).EmptyAsync(pipe) > 0 ? moved : IoResult.Failed;
    }

    /// <summary>As for reads: a stream that always has data takes its turn behind others.</summary>
    private bool MayGoOn()
    {
        if (!_mayRead)
            return false;
        if (++_readsThisTurn <= FairnessBudget)
            return true;
        Queue();
        return false;
    }

    private int Take(SplicePipe pipe)
    {
        var taken = Libc.Splice(_descriptor, 0, pipe.WriteEnd, 0, MaxSplice, Pipes.Move | Pipes.DoNotBlock);
        if (taken > 0)
        {
            pipe.Held = (int)taken;
            return (int)taken;
        }
        // The pipe is empty here, so it is the socket that has nothing.
        if (taken < 0 && Marshal.GetLastPInvokeError() == Errno.TryAgain)
        {
            _mayRead = false;
            return NothingYet;
        }
        _peerClosed = true;
        return taken == 0 ? IoResult.EndOfStream : IoResult.Failed;
    }

    private async LoopTask<int> EmptyAsync(SplicePipe pipe)
    {
        while (pipe.Held > 0)
        {
            if (IsDead)
                return IoResult.Aborted;
            var sent = Libc.Splice(pipe.ReadEnd, 0, _descriptor, 0, (nuint)pipe.Held, Pipes.Move | Pipes.DoNotBlock);
            if (sent > 0)
            {
                pipe.Held -= (int)sent;
                BytesWritten += sent;
                continue;
            }
            if (sent == 0 || Marshal.GetLastPInvokeError() != Errno.TryAgain)
                return IoResult.Failed;
            // The kernel said no, so an edge will tell when there is room.
            if (await _writing.Wait() < 0)
                return IoResult.Aborted;
        }
        return 1;
    }
}
