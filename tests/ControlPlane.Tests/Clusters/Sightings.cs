// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.Clusters;

/// <summary>Things that happen, each of which a test may wait for, whether it has happened already or not.</summary>
internal sealed class Sightings<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _unseen = [];
    private readonly List<T> _all = [];
    private readonly List<(Func<T, bool> Is, TaskCompletionSource<T> Found)> _waiting = [];

    /// <summary>Everything that happened so far.</summary>
    public T[] All
    {
        get
        {
            lock (_gate)
                return [.. _all];
        }
    }

    public void Add(T one)
    {
        lock (_gate)
        {
            _all.Add(one);
            var at = _waiting.FindIndex(waiting => waiting.Is(one));
            if (at < 0)
            {
                _unseen.Add(one);
                return;
            }
            _waiting[at].Found.SetResult(one);
            _waiting.RemoveAt(at);
        }
    }

    /// <summary>The first that nobody waited for yet.</summary>
    public Task<T> NextAsync(Func<T, bool> isIt)
    {
        lock (_gate)
        {
            var at = _unseen.FindIndex(one => isIt(one));
            if (at >= 0)
            {
                var one = _unseen[at];
                _unseen.RemoveAt(at);
                return Task.FromResult(one);
            }
            var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isIt, found));
            return found.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }
}
