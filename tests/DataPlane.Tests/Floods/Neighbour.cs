// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using DataPlane.Tests.Overload;

namespace DataPlane.Tests.Floods;

/// <summary>A well-behaved client that asks one thing after the other while others flood the proxy, and notes how long it waits.</summary>
internal sealed class Neighbour : IDisposable
{
    /// <summary>What it leaves to the attackers between two requests.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<TimeSpan> _waits = [];
    private readonly ManualResetEventSlim _stopping = new();
    private readonly SemaphoreSlim _answers = new(0);
    private readonly Thread _thread;
    private Exception? _failure;

    public Neighbour(IPEndPoint at)
    {
        _thread = new Thread(() => Run(at)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits until it has had so many more answers.</summary>
    public void WaitForAnswers(int count)
    {
        while (_answers.Wait(0)) { }
        for (; count > 0; count--)
            Assert.True(_answers.Wait(s_patience) && _failure is null, _failure?.ToString() ?? "the neighbour waits");
    }

    /// <summary>Stops asking. Every answer was right, and most came soon.</summary>
    public void AssertServed()
    {
        Stop();
        Assert.Null(_failure);
        _waits.Sort();
        // Both are far more than it takes: two cores are shared by everything here, the attackers included.
        Assert.InRange(_waits[_waits.Count / 2], TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
        Assert.InRange(_waits[_waits.Count * 99 / 100], TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    public void Dispose()
    {
        Stop();
        _stopping.Dispose();
        _answers.Dispose();
    }

    private void Stop()
    {
        if (!_thread.IsAlive)
            return;
        _stopping.Set();
        _thread.Join();
    }

    private void Run(IPEndPoint at)
    {
        try
        {
            using var client = new Client(at);
            while (!_stopping.Wait(s_pace))
            {
                var began = Stopwatch.GetTimestamp();
                var answer = client.Ask();
                _waits.Add(Stopwatch.GetElapsedTime(began));
                if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                    throw new InvalidDataException(answer);
                _answers.Release();
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
            _answers.Release();
        }
    }
}
