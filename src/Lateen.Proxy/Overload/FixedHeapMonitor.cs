// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;

namespace Lateen.Proxy.Overload;

/// <summary>
/// Memory of this process that nobody could take from it, against a limit: resident pages less those of files (binaries,
/// which the system reloads). What connections hold, managed or native, OpenSSL's included, is all in there.
/// </summary>
public sealed class FixedHeapMonitor(long maxHeapSizeBytes) : IResourceMonitor
{
    private const string Source = "/proc/self/statm";

    public string Name => ResourceMonitorNames.FixedHeap;

    public bool TryRead(out double pressure)
    {
        var used = ReadUsedBytes();
        pressure = used / (double)maxHeapSizeBytes;
        return used > 0;
    }

    /// <summary>Bytes in use; 0 when the system does not say.</summary>
    public static long ReadUsedBytes()
    {
        Span<byte> text = stackalloc byte[256];
        try
        {
            using var file = File.OpenHandle(Source);
            text = text[..RandomAccess.Read(file, text, 0)];
        }
        catch (IOException)
        {
            return 0;
        }
        // Pages: size, resident, shared, and what is of no interest here (proc(5)).
        return
            TakeNumber(ref text, out _)
            && TakeNumber(ref text, out var resident)
            && TakeNumber(ref text, out var shared)
            ? (resident - shared) * Environment.SystemPageSize
            : 0;
    }

    private static bool TakeNumber(ref Span<byte> text, out long number)
    {
        if (!Utf8Parser.TryParse(text, out number, out var length))
            return false;
        text = text[Math.Min(length + 1, text.Length)..];
        return true;
    }
}
