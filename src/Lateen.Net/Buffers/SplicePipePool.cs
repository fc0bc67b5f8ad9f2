// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Buffers;

/// <summary>Pipes of one loop: rented while a connection moves much data, so that the others cost no descriptors.</summary>
public sealed class SplicePipePool : IDisposable
{
    private const int Kept = 32;
    private readonly Stack<SplicePipe> _idle = new(Kept);

    /// <summary>Null when there are no more descriptors: copying goes on without.</summary>
    public SplicePipe? Rent() => _idle.TryPop(out var pipe) ? pipe : SplicePipe.Create();

    public void Return(SplicePipe pipe)
    {
        // Bytes of a connection that broke must never meet another.
        if (pipe.Held == 0 && _idle.Count < Kept)
            _idle.Push(pipe);
        else
            pipe.Close();
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var pipe))
            pipe.Close();
    }
}
