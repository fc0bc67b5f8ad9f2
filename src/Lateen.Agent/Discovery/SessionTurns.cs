// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>What a stream has to do next: take a response, or see what to ask for now that something is not coming.</summary>
internal sealed class SessionTurns : IDisposable
{
    private readonly IResourceConsumer _consumer;
    private readonly SemaphoreSlim _givenUp = new(0);
    private Task<bool>? _reading;
    private Task? _waiting;

    public SessionTurns(IResourceConsumer consumer)
    {
        _consumer = consumer;
        consumer.GivenUp += OnGivenUp;
    }

    public async Task<SessionTurn> NextAsync<T>(IAsyncStreamReader<T> responses, CancellationToken stop)
    {
        _reading ??= responses.MoveNext(stop);
        _waiting ??= _givenUp.WaitAsync(stop);
        if (await Task.WhenAny(_reading, _waiting).ConfigureAwait(false) == _waiting)
        {
            await _waiting.ConfigureAwait(false);
            _waiting = null;
            return SessionTurn.GivenUp;
        }
        var hasResponse = await _reading.ConfigureAwait(false);
        _reading = null;
        return hasResponse ? SessionTurn.Response : SessionTurn.End;
    }

    public void Dispose() => _consumer.GivenUp -= OnGivenUp;

    private void OnGivenUp() => _givenUp.Release();
}

/// <summary>See <see cref="SessionTurns"/>.</summary>
internal enum SessionTurn : byte
{
    /// <summary>The server has closed the stream.</summary>
    End,

    /// <summary>The reader has a response.</summary>
    Response,

    /// <summary>Something has not come in its <c>initial_fetch_timeout</c>.</summary>
    GivenUp,
}
