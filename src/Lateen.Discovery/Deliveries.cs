// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Discovery;

/// <summary>
/// What one proxy was sent of one type, until it acknowledges it. A refused resource stays refused until it was sent anew and taken: later
/// responses have others.
/// </summary>
internal sealed class Deliveries(string typeUrl)
{
    // Names since the last answer, from the first of these revisions to the last; 0 for none.
    private readonly HashSet<string> _inFlight = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shortfall> _refused = new(StringComparer.Ordinal);
    private long _first;
    private long _last;

    // Whether it ever answered: what comes first is of all revisions until then.
    private bool _hasAnswered;

    public IEnumerable<Shortfall> Open =>
        _first == 0
            ? _refused.Values.Distinct()
            : _refused.Values.Distinct().Append(new Shortfall(typeUrl, _first, _last, ""));

    public void OnSent(long revision, IEnumerable<string> names)
    {
        _inFlight.UnionWith(names);
        if (_first == 0)
            _first = _hasAnswered ? revision : 1;
        _last = revision;
    }

    /// <summary>The last response was taken, and with it all before.</summary>
    public void OnAcknowledged()
    {
        foreach (var name in _inFlight)
            _refused.Remove(name);
        Land();
    }

    public void OnRefused(string error)
    {
        var shortfall = new Shortfall(typeUrl, _first, _last, error.Length > 0 ? error : "it does not say why");
        foreach (var name in _inFlight)
            _refused[name] = shortfall;
        Land();
    }

    public void Clear()
    {
        _refused.Clear();
        Land();
        _hasAnswered = false;
    }

    private void Land()
    {
        _inFlight.Clear();
        _first = _last = 0;
        _hasAnswered = true;
    }
}
