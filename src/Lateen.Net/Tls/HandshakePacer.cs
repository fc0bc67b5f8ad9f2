// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Net.Loop;

namespace Lateen.Net.Tls;

/// <summary>
/// Limits what a loop spends on handshakes in one turn, so that a storm of new connections slows itself and not the
/// traffic there is: signing costs a third of a millisecond with ECDSA, several with RSA. Those over the limit wait their
/// turn in order of arrival.
/// </summary>
internal sealed class HandshakePacer(EventLoop loop) : IReadyItem
{
    /// <summary>
    /// A tenth of a millisecond a turn, and one step at the least: the dear one, which signs, has a turn for itself, so that
    /// whatever else is ready waits for one at the most. Looking for it costs a microsecond.
    /// </summary>
    private static readonly long s_budget = Stopwatch.Frequency / 10_000;

    private readonly Queue<IHandshaking> _waiting = new();
    private long _turn = -1;
    private long _spent;

    /// <summary>Whether a handshake that does not wait yet may compute now.</summary>
    public bool MayStart => _waiting.Count == 0 && HasBudget();

    /// <summary>Notes what a step took, from a timestamp before it.</summary>
    public void OnStep(long startedAt) => _spent += Stopwatch.GetTimestamp() - startedAt;

    /// <summary>Lets a handshake go on in a later turn.</summary>
    public void Enqueue(IHandshaking handshake)
    {
        _waiting.Enqueue(handshake);
        if (_waiting.Count == 1)
            loop.Enqueue(this);
    }

    public void Run()
    {
        while (HasBudget() && _waiting.TryPeek(out var next))
        {
            next.OnTurn();
            _waiting.Dequeue();
        }
        if (_waiting.Count > 0)
            loop.Enqueue(this);
    }

    private bool HasBudget()
    {
        if (_turn != loop.Turn)
        {
            _turn = loop.Turn;
            _spent = 0;
        }
        return _spent < s_budget;
    }
}

/// <summary>A stream in its handshake.</summary>
internal interface IHandshaking
{
    /// <summary>Its turn has come, if it still waits for one.</summary>
    void OnTurn();
}
