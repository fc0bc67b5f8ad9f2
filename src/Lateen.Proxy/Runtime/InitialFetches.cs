// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Runtime;

/// <summary>
/// How long resources that are named and have not come are waited for (Envoy <c>initial_fetch_timeout</c>). The clock of one runs from
/// the first look that misses it, and stops when it comes or nobody names it any more. Looks are one at a time, under the store's lock.
/// </summary>
/// <param name="gaveUp">Called by any thread, with type and name, when <see cref="StateOf"/> says something else of it.</param>
internal sealed class InitialFetches(TimeProvider time, Action<string, string> gaveUp) : IDisposable
{
    /// <summary>Of a source that says nothing, as in Envoy.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    private readonly Dictionary<Key, Fetch> _fetches = [];
    private int _look;

    /// <summary>A look over everything that is named begins.</summary>
    public void Begin() => _look++;

    /// <summary>Whether a resource that is missing is to be waited for.</summary>
    /// <param name="timeout">0 for ever.</param>
    public FetchState StateOf(string typeUrl, string name, TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero)
            return FetchState.Awaited;
        var key = new Key(typeUrl, name, timeout);
        if (!_fetches.TryGetValue(key, out var fetch))
        {
            fetch = new Fetch(() => gaveUp(typeUrl, name));
            fetch.Start(time, timeout);
            _fetches.Add(key, fetch);
        }
        fetch.SeenAt = _look;
        return fetch.IsOver ? FetchState.GivenUp : FetchState.Awaited;
    }

    /// <summary>Whether a resource did not come in its time, and is missing still.</summary>
    public bool HasGivenUp(string typeUrl, string name)
    {
        foreach (var (key, fetch) in _fetches)
        {
            if (key.TypeUrl == typeUrl && key.Name == name && fetch.IsOver)
                return true;
        }
        return false;
    }

    /// <summary>The look is over: what it did not miss is forgotten.</summary>
    public void End()
    {
        foreach (var (key, fetch) in _fetches)
        {
            if (fetch.SeenAt == _look)
                continue;
            fetch.Stop();
            _fetches.Remove(key);
        }
    }

    public void Dispose()
    {
        foreach (var fetch in _fetches.Values)
            fetch.Stop();
        _fetches.Clear();
    }

    private readonly record struct Key(string TypeUrl, string Name, TimeSpan Timeout);

    private sealed class Fetch(Action gaveUp)
    {
        private ITimer? _timer;
        private volatile bool _isOver;

        public int SeenAt { get; set; }

        public bool IsOver => _isOver;

        public void Start(TimeProvider time, TimeSpan timeout) =>
            _timer = time.CreateTimer(static self => ((Fetch)self!).OnTime(), this, timeout, Timeout.InfiniteTimeSpan);

        public void Stop() => _timer?.Dispose();

        private void OnTime()
        {
            _isOver = true;
            gaveUp();
        }
    }
}

/// <summary>How it stands with a resource that is named.</summary>
public enum FetchState : byte
{
    /// <summary>It is there.</summary>
    Here,

    /// <summary>What names it waits for it.</summary>
    Awaited,

    /// <summary>It has not come in its time: what names it goes on without.</summary>
    GivenUp,
}
