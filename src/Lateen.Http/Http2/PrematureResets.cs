// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Lateen.Http.Http2;

/// <summary>
/// Tells a client that opens streams only to reset them (rapid reset, CVE-2023-44487) from one that cancels now and then,
/// as Envoy's connection manager does.
/// </summary>
internal struct PrematureResets(Http2Options options)
{
    private readonly long _limit = options.PrematureResetTotalStreamCount;
    private readonly long _minLifetime = (long)(
        options.PrematureResetMinStreamLifetime.TotalSeconds * Stopwatch.Frequency
    );
    private long _closed;
    private long _premature;

    public Http2Fault OnClosed(Http2Stream stream, bool byPeer, long now)
    {
        _closed++;
        if (!byPeer || stream.HeadSent || now - stream.OpenedAt > _minLifetime || _limit == 0)
            return Http2Fault.None;
        _premature++;
        // Below the limit: would half of the streams be bad even if all up to the limit were good?
        return _premature * 2 >= Math.Max(_limit, _closed) ? Http2Fault.PrematureResets : Http2Fault.None;
    }
}
