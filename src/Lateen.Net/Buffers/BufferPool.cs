// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Lateen.Net.Buffers;

/// <summary>
/// Native buffers of one worker, in two sizes. A connection rents one only while it has bytes pending, so ten thousand
/// idle connections hold none. Native memory keeps the garbage collector out of the data path.
/// </summary>
internal sealed unsafe class BufferPool : IDisposable
{
    /// <summary>16 KiB: what a read asks for. Measured with the prototypes; a larger one bought nothing.</summary>
    public const int SmallSize = 16 * 1024;

    /// <summary>64 KiB: room for the largest head that Envoy's default of 60 KiB admits.</summary>
    public const int LargeSize = 64 * 1024;

    /// <summary>Buffers of each size kept for the next use: 4 MiB and 1 MiB at the most.</summary>
    private const int KeptSmall = 256;
    private const int KeptLarge = 16;

    private readonly nint[] _small = new nint[KeptSmall];
    private readonly nint[] _large = new nint[KeptLarge];
    private int _smallCount;
    private int _largeCount;
    private int _rented;

    /// <summary>Buffers that somebody holds. Any thread may look.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Rents the smallest kind of buffer that holds <paramref name="length"/> bytes; longer ones are made to measure.</summary>
    public NativeBuffer Rent(int length)
    {
        Volatile.Write(ref _rented, _rented + 1);
        if (length <= SmallSize)
            return new NativeBuffer(_smallCount > 0 ? (byte*)_small[--_smallCount] : Allocate(SmallSize), SmallSize);
        if (length <= LargeSize)
            return new NativeBuffer(_largeCount > 0 ? (byte*)_large[--_largeCount] : Allocate(LargeSize), LargeSize);
        return new NativeBuffer(Allocate(length), length);
    }

    public void Return(NativeBuffer buffer)
    {
        Volatile.Write(ref _rented, _rented - 1);
        if (buffer.Length == SmallSize && _smallCount < KeptSmall)
            _small[_smallCount++] = (nint)buffer.Pointer;
        else if (buffer.Length == LargeSize && _largeCount < KeptLarge)
            _large[_largeCount++] = (nint)buffer.Pointer;
        else
            NativeMemory.Free(buffer.Pointer);
    }

    public void Dispose() => Trim();

    /// <summary>Frees the buffers that nobody has rented.</summary>
    public void Trim()
    {
        while (_smallCount > 0)
            NativeMemory.Free((void*)_small[--_smallCount]);
        while (_largeCount > 0)
            NativeMemory.Free((void*)_large[--_largeCount]);
    }

    private static byte* Allocate(int length) => (byte*)NativeMemory.Alloc((nuint)length);
}

/// <summary>A buffer rented from a <see cref="BufferPool"/>; the default value is "none".</summary>
internal readonly unsafe struct NativeBuffer(byte* pointer, int length)
{
    public readonly byte* Pointer = pointer;
    public readonly int Length = length;

    public bool IsNone => Pointer is null;

    public Span<byte> Span => new(Pointer, Length);
}
