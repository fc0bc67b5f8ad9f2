// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Async;
using Lateen.Net.Interop;
using Lateen.Net.Streams;

namespace Lateen.Net.Epolling;

/// <summary>Looking ahead: bytes stay in the kernel, where a handshake or the codec finds them.</summary>
internal sealed partial class EpollStream
{
    public override LoopTask<int> PeekAsync(int known)
    {
        if (_inputLength > 0 || _tls is not null)
            throw new InvalidOperationException("Only what nobody read from can be looked at.");
        return PeekUntilMoreAsync(known);
    }

    private async LoopTask<int> PeekUntilMoreAsync(int known)
    {
        while (true)
        {
            if (IsDead)
                return IoResult.Aborted;
            if (_mayRead)
            {
                var result = Peek();
                if (result > known || result < 0 && result != NothingYet)
                    return result;
                // The end behind the bytes that are known already: no more will come.
                if (_peerClosed)
                    return IoResult.EndOfStream;
                if (result == NothingYet)
                    _mayRead = false;
            }
            _wait = ReadWait.Edge;
            if (await _reading.Wait() < 0)
                return IoResult.Aborted;
        }
    }

    private unsafe int Peek()
    {
        var room = Loop.Scratch;
        nint seen;
        fixed (byte* pointer = room)
            seen = Libc.Receive(_descriptor, pointer, (nuint)room.Length, Sockets.Peek);
        if (seen >= 0)
            return (int)seen;
        return Marshal.GetLastPInvokeError() == Errno.TryAgain ? NothingYet : IoResult.Failed;
    }
}
