// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Server;

/// <summary>Streams of one worker that no connection uses at the moment, so that none is made for a request in steady state.</summary>
internal sealed class StreamStore<T>(Func<T> create)
    where T : class
{
    private readonly Stack<T> _free = new();

    public T Rent() => _free.TryPop(out var stream) ? stream : create();

    public void Return(T stream) => _free.Push(stream);

    /// <summary>Lets those go that nobody needs now.</summary>
    public void Trim()
    {
        _free.Clear();
        _free.TrimExcess();
    }
}
