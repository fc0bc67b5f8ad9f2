// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health;

/// <summary>Why an endpoint gave no answer, as seen from here.</summary>
public enum LocalFailure : byte
{
    /// <summary>Refused or reset; counts as 503 where local failures do not count apart.</summary>
    ConnectFailed,

    /// <summary>Too late; counts as 504.</summary>
    TimedOut,
}

/// <summary>Requests of one interval and how many of them went well. Any thread.</summary>
internal sealed class RequestWindow
{
    private long _total;
    private long _successes;

    public void Add(bool isSuccess)
    {
        Interlocked.Increment(ref _total);
        if (isSuccess)
            Interlocked.Increment(ref _successes);
    }

    /// <summary>Takes the numbers and begins the next interval.</summary>
    public (long Total, long Successes) Take() =>
        (Interlocked.Exchange(ref _total, 0), Interlocked.Exchange(ref _successes, 0));
}
