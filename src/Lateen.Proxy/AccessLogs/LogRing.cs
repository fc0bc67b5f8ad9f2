// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.AccessLogs;

/// <summary>Bytes on their way from one worker to the thread that writes files: one writes, one reads, neither waits.</summary>
internal sealed class LogRing
{
    public const int Size = 256 * 1024;

    private readonly byte[] _bytes = new byte[Size];
    private long _written;
    private long _read;

    /// <summary>Bytes that wait to be read.</summary>
    public int Length => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>Takes a whole line or none of it.</summary>
    public bool TryWrite(ReadOnlySpan<byte> line)
    {
        if (line.Length > Size - Length)
            return false;
        var at = (int)(_written % Size);
        var first = Math.Min(line.Length, Size - at);
        line[..first].CopyTo(_bytes.AsSpan(at));
        line[first..].CopyTo(_bytes);
        Volatile.Write(ref _written, _written + line.Length);
        return true;
    }

    /// <summary>Hands everything that waits to a stream.</summary>
    public void DrainTo(Stream target)
    {
        var length = Length;
        var at = (int)(_read % Size);
        var first = Math.Min(length, Size - at);
        target.Write(_bytes.AsSpan(at, first));
        target.Write(_bytes.AsSpan(0, length - first));
        Volatile.Write(ref _read, _read + length);
    }
}
