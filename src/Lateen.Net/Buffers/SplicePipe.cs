// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Interop;

namespace Lateen.Net.Buffers;

/// <summary>A pipe that bytes on their way from socket to socket wait in without leaving the kernel (splice(2)).</summary>
public sealed class SplicePipe
{
    /// <summary>Asked of the kernel, which may give less: few calls for much data, and little to be lost by an end.</summary>
    private const int Capacity = 256 * 1024;

    private SplicePipe(int readEnd, int writeEnd) => (ReadEnd, WriteEnd) = (readEnd, writeEnd);

    internal int ReadEnd { get; }

    internal int WriteEnd { get; }

    /// <summary>Bytes that came in and did not go out.</summary>
    internal int Held { get; set; }

    /// <summary>Null when there are no more descriptors.</summary>
    internal static unsafe SplicePipe? Create()
    {
        // The runtime does so too, but a process that dies of a closed connection would be too dear an assumption.
        _ = Libc.Signal(Pipes.BrokenPipeSignal, Pipes.IgnoreSignal);
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Sockets.NonBlocking | Sockets.CloseOnExec) < 0)
            return null;
        var pipe = new SplicePipe(ends[0], ends[1]);
        if (!Descriptors.IsForTraffic(Math.Max(pipe.ReadEnd, pipe.WriteEnd)))
        {
            pipe.Close();
            return null;
        }
        _ = Libc.FileControl(pipe.WriteEnd, Pipes.SetSize, Capacity);
        return pipe;
    }

    internal void Close()
    {
        _ = Libc.Close(ReadEnd);
        _ = Libc.Close(WriteEnd);
    }
}
