// SPDX-License-Identifier: Apache-2.0
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Listeners.Inspectors;

namespace Lateen.Proxy.Health.Checks;

/// <summary>Asks by connecting, and where it is told to, by what is said on the connection.</summary>
internal sealed class TcpProbe(TcpProbeSpec spec, bool reusesConnection, ProbeConnection connection) : Probe
{
    private ByteStream? _stream;

    public override async LoopTask<ProbeOutcome> AskAsync()
    {
        if (_stream is { } kept && (kept.IsDead || kept.HasUnreadInput))
            Close();
        var isNew = _stream is null;
        _stream ??= await connection.OpenAsync();
        if (_stream is null)
            return ProbeOutcome.Unreachable;
        var outcome = await ConverseAsync(_stream, isNew);
        if (!reusesConnection || spec.Receive.Count == 0 || outcome != ProbeOutcome.Passed)
            Close();
        return outcome;
    }

    public override void Abort()
    {
        connection.Abort();
        _stream?.Abort();
    }

    public override void Close()
    {
        _stream?.Close();
        _stream = null;
    }

    private async LoopTask<ProbeOutcome> ConverseAsync(ByteStream stream, bool isNew)
    {
        if (isNew && spec.ProxyProtocolVersion > 0 && await IntroduceAsync(stream) < 0)
            return ProbeOutcome.Unreachable;
        if (spec.Send.Length > 0 && await stream.WriteAsync(spec.Send) < 0)
            return ProbeOutcome.Unreachable;
        while (!PayloadMatch.Contains(stream.Input, spec.Receive))
        {
            var result = await stream.ReadAsync(int.MaxValue);
            // Said more than anybody keeps, and none of it what it should say.
            if (result == IoResult.BufferFull)
                return ProbeOutcome.Failed;
            if (result <= 0)
                return ProbeOutcome.Unreachable;
        }
        stream.Consume(stream.Input.Length);
        return ProbeOutcome.Passed;
    }

    /// <summary>A check speaks for nobody but the proxy: UNKNOWN, or LOCAL in version 2.</summary>
    private LoopTask<int> IntroduceAsync(ByteStream stream)
    {
        Span<byte> header = stackalloc byte[ProxyHeader.MaxWritten];
        return stream.WriteAsync(header[..ProxyHeader.Write(spec.ProxyProtocolVersion, default, default, header)]);
    }
}
