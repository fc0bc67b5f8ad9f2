// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http;

/// <summary>
/// Objects of one thread that nobody uses at the moment, so that none is made in steady state. What a burst has left over
/// goes bit by bit.
/// </summary>
/// <param name="kept">So many stay in any case.</param>
/// <param name="hasSurplus">
/// Told with each object that comes back beyond those: its owner calls <see cref="TrimUnused"/> later. Null keeps them all.
/// </param>
public sealed class SpareStore<T>(Func<T> create, int kept = 64, Action? hasSurplus = null)
    where T : class
{
    private readonly Stack<T> _free = new();
    private int _leastFree;

    public bool HasSurplus => _free.Count > kept;

    public T Rent()
    {
        if (!_free.TryPop(out var spare))
            return create();
        _leastFree = Math.Min(_leastFree, _free.Count);
        return spare;
    }

    public void Return(T spare)
    {
        _free.Push(spare);
        if (HasSurplus)
            hasSurplus?.Invoke();
    }

    /// <summary>Lets half of those go that nobody has needed since the last time.</summary>
    public void TrimUnused()
    {
        for (var unused = (_leastFree + 1) / 2; unused > 0 && HasSurplus; unused--)
            _free.Pop();
        _leastFree = _free.Count;
        if (!HasSurplus)
            _free.TrimExcess();
    }

    /// <summary>Lets all of them go.</summary>
    public void TrimAll()
    {
        _free.Clear();
        _free.TrimExcess();
        _leastFree = 0;
    }
}
