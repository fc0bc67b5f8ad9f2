// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Formatting;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary>One file that workers log into. A line that finds its ring full is dropped and counted: logging never holds up traffic.</summary>
public sealed class AccessLogFile
{
    /// <summary>A longer line is cut.</summary>
    private const int MaxLine = 16 * 1024;

    private readonly AccessLogWriter _writer;
    private readonly LogRing?[] _rings;
    private readonly byte[]?[] _lines;
    private readonly long[] _dropped;
    private Stream? _stream;

    internal AccessLogFile(AccessLogWriter writer, string path, int workers)
    {
        _writer = writer;
        Path = path;
        _rings = new LogRing?[workers];
        _lines = new byte[workers][];
        _dropped = new long[workers];
    }

    public string Path { get; }

    /// <summary>Lines lost because the disk was slower than the traffic.</summary>
    public long Dropped
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _dropped.Length; i++)
                sum += Volatile.Read(ref _dropped[i]);
            return sum;
        }
    }

    /// <summary>Logs a stream; to be called by that worker's thread.</summary>
    public void Log(int worker, SubstitutionFormat format, StreamInfo stream)
    {
        var line = _lines[worker] ??= new byte[MaxLine];
        Log(worker, line.AsSpan(0, format.Write(stream, line)));
    }

    /// <summary>Logs a line, its end included; to be called by that worker's thread.</summary>
    public void Log(int worker, ReadOnlySpan<byte> line)
    {
        var ring = _rings[worker];
        if (ring is null)
            Volatile.Write(ref _rings[worker], ring = new LogRing());
        if (!ring.TryWrite(line))
            Volatile.Write(ref _dropped[worker], _dropped[worker] + 1);
        _writer.OnWritten(isUrgent: ring.Length > LogRing.Size / 2);
    }

    /// <summary>Writes what waits, on the writer's thread. A file that cannot be written is tried again with the next lines.</summary>
    internal void Flush()
    {
        for (var i = 0; i < _rings.Length; i++)
        {
            if (Volatile.Read(ref _rings[i]) is { Length: > 0 } ring)
                ring.DrainTo(_stream ??= Open());
        }
        _stream?.Flush();
    }

    /// <summary>The next line opens the file anew, as after its rotation.</summary>
    internal void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private Stream Open() =>
        Path switch
        {
            "/dev/stdout" => Console.OpenStandardOutput(),
            "/dev/stderr" => Console.OpenStandardError(),
            _ => new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
        };
}
