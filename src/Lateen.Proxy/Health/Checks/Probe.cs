// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks one endpoint, time after time. On one loop; one question at a time.</summary>
internal abstract class Probe
{
    /// <summary>Asks once. Whoever cannot wait for the answer calls <see cref="Abort"/>.</summary>
    public abstract LoopTask<ProbeOutcome> AskAsync();

    /// <summary>Makes a question under way end soon, unanswered.</summary>
    public abstract void Abort();

    /// <summary>Closes what was kept for the next question. None may be under way.</summary>
    public abstract void Close();
}

/// <summary>What an endpoint said of its health.</summary>
internal enum ProbeOutcome : byte
{
    Passed,

    /// <summary>Passed, and it would rather others did the work (<c>x-envoy-degraded</c>).</summary>
    Degraded,

    /// <summary>The answer says that it is not well.</summary>
    Failed,

    /// <summary>The same, and it may be better soon (<c>retriable_statuses</c>).</summary>
    FailedForNow,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,
}
