// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Buffers;

namespace Lateen.Net.Tls;

/// <summary>The engines of one loop that wait for their next connections: a new connection allocates none.</summary>
internal sealed class TlsEngines(BufferPool buffers)
{
    /// <summary>60 KB at the most.</summary>
    private const int MaxSpare = 256;

    private readonly Stack<TlsEngine> _spare = new();

    /// <summary>An engine for a connection, until <see cref="Return"/>.</summary>
    public TlsEngine Rent(TlsContext context, int descriptor, TlsClientOptions client)
    {
        var engine = _spare.TryPop(out var spare) ? spare : new TlsEngine(buffers);
        engine.Begin(context, descriptor, client);
        return engine;
    }

    /// <summary>Ends the engine's connection.</summary>
    public void Return(TlsEngine engine)
    {
        engine.End();
        if (_spare.Count < MaxSpare)
            _spare.Push(engine);
        else
            engine.Dispose();
    }

    public void Trim()
    {
        while (_spare.TryPop(out var engine))
            engine.Dispose();
    }
}
