// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Streams;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.Listeners.Inspectors;
using Lateen.Proxy.Stats;

namespace Lateen.Proxy.Server;

/// <summary>
/// Runs a listener's filters over a new connection: each looks at its first bytes, which stay where they are for the
/// handshake or the codec, and adds to what the choice of a filter chain goes by.
/// </summary>
internal sealed class Inspection(Worker worker, ListenerRuntime runtime) : PendingConnection(worker)
{
    private const string Tls = "tls";
    private const string Plain = "raw_buffer";

    private ClientHello? _hello;
    private string? _http;
    private bool _isRedirected;

    private InspectorStats Stats => Worker.Telemetry.Stats.Inspectors;

    protected override async LoopTask<bool> PrepareAsync()
    {
        StartTimer(runtime.Spec.ListenerFiltersTimeout);
        foreach (var filter in runtime.Spec.ListenerFilters)
        {
            if (filter.Disabled?.Matches(Stream.GetLocalAddress().Port) == true)
                continue;
            var goesOn = await RunAsync(filter);
            if (TimedOut && !Stream.IsDead)
            {
                runtime.Stats.OnPendingTimeout(Worker.Index);
                return runtime.Spec.ContinuesOnTimeout;
            }
            if (!goesOn)
                return false;
        }
        return true;
    }

    protected override void GoOn(ActiveListener listener, ByteStream stream)
    {
        var destination = stream.GetLocalAddress();
        if (
            _isRedirected
            && runtime.Spec.UseOriginalDestination
            && Worker.ListenerAt(destination, listener) is { } other
        )
        {
            other.TakeOver(stream);
            return;
        }
        var protocols =
            _hello is not null ? _hello.Protocols
            : _http is { Length: > 0 } ? (IReadOnlyList<string>)[_http]
            : [];
        listener.OnInspected(
            stream,
            new ConnectionInfo(
                destination,
                stream.RemoteAddress,
                stream.DirectRemoteAddress,
                _hello?.ServerName ?? "",
                _hello is null ? Plain : Tls,
                protocols
            )
        );
    }

    protected override void OnTimeout() => Stream.CancelRead();

    private LoopTask<bool> RunAsync(ListenerFilterSpec filter)
    {
        switch (filter.Kind)
        {
            case ListenerFilterKind.TlsInspector:
                return InspectTlsAsync(filter.MakesJa3);
            case ListenerFilterKind.HttpInspector:
                return InspectHttpAsync();
            case ListenerFilterKind.ProxyProtocol:
                return TakeProxyHeaderAsync(filter.ProxyProtocol);
            default:
                RestoreDestination();
                return new LoopTask<bool>(true);
        }
    }

    private void RestoreDestination()
    {
        if (!Stream.TryGetOriginalDestination(out var destination) || destination == Stream.GetLocalAddress())
            return;
        _isRedirected = true;
        Stream.Inspected = Stream.Inspected with { Local = destination };
    }

    private async LoopTask<bool> InspectTlsAsync(bool makesJa3)
    {
        var seen = 0;
        while (true)
        {
            seen = await Stream.PeekAsync(seen);
            if (seen <= 0)
                return seen != IoResult.Failed && seen != IoResult.EndOfStream && !Stream.IsDead;
            switch (ClientHello.TryRead(Stream.Loop.Scratch.AsSpan(0, seen), makesJa3, out _hello))
            {
                case ClientHelloStatus.Complete:
                    Stream.Inspected = Stream.Inspected with { ServerName = _hello!.ServerName, Ja3 = _hello.Ja3 };
                    Stats.OnTls(
                        Worker.Index,
                        hasName: _hello.ServerName.Length > 0,
                        hasAlpn: _hello.Protocols.Count > 0
                    );
                    return true;
                case ClientHelloStatus.NotTls:
                    Stats.OnNotTls(Worker.Index);
                    return true;
                case ClientHelloStatus.NeedMore when seen == Stream.Loop.Scratch.Length:
                    Stats.OnHelloTooLarge(Worker.Index);
                    return false;
            }
        }
    }

    private async LoopTask<bool> InspectHttpAsync()
    {
        if (_hello is not null)
            return true;
        var seen = 0;
        while (true)
        {
            seen = await Stream.PeekAsync(seen);
            if (seen <= 0)
                return seen != IoResult.Failed && seen != IoResult.EndOfStream && !Stream.IsDead;
            _http = HttpSniffer.Sniff(Stream.Loop.Scratch.AsSpan(0, seen));
            if (_http is null)
                continue;
            Stats.OnHttp(Worker.Index, _http);
            return true;
        }
    }

    private async LoopTask<bool> TakeProxyHeaderAsync(ProxyProtocolSpec spec)
    {
        var seen = 0;
        var stats = Worker.Telemetry.Stats.ProxyProtocol(spec.StatPrefix);
        while (true)
        {
            seen = await Stream.PeekAsync(seen);
            if (seen <= 0)
                return seen != IoResult.Failed && seen != IoResult.EndOfStream && !Stream.IsDead;
            switch (ProxyHeader.TryRead(Stream.Loop.Scratch.AsSpan(0, seen), out var header))
            {
                case ProxyHeaderStatus.Complete:
                    if (!TakeHeader(header, spec, stats))
                        return false;
                    return await DropAsync(header.Length);
                case ProxyHeaderStatus.NeedMore when seen < Stream.Loop.Scratch.Length:
                    break;
                case ProxyHeaderStatus.Absent:
                    stats.OnNotFound(Worker.Index, spec.AllowsPlain);
                    if (!spec.AllowsPlain)
                        runtime.Stats.OnProxyProtocolError(Worker.Index);
                    return spec.AllowsPlain;
                default:
                    return Refuse(header, stats);
            }
        }
    }

    /// <summary>Puts in force what a header says; false when it is not to be believed.</summary>
    private bool TakeHeader(in ProxyHeader header, ProxyProtocolSpec spec, ProxyProtocolStats stats)
    {
        if (header.Version == 1 ? !spec.AllowsV1 : !spec.AllowsV2)
        {
            stats.OnDisallowed(Worker.Index, header.Version);
            runtime.Stats.OnProxyProtocolError(Worker.Index);
            return false;
        }
        var tlvs = new List<ProxyTlv>();
        if (spec.ReadsTlvs && !ProxyTlvs.TryRead(Stream.Loop.Scratch.AsSpan(header.TlvStart..header.Length), tlvs))
            return Refuse(header, stats);
        stats.OnFound(Worker.Index, header.Version);
        if (!header.Source.IsNone)
            Stream.Inspected = Stream.Inspected with { Remote = header.Source, Local = header.Destination };
        if (tlvs.Count > 0)
            Stream.Inspected = Stream.Inspected with
            {
                Tlvs = spec.PassThrough.Of(tlvs),
                Metadata = Metadata(spec, tlvs),
            };
        return true;
    }

    private bool Refuse(in ProxyHeader header, ProxyProtocolStats stats)
    {
        stats.OnError(Worker.Index, header.Version);
        runtime.Stats.OnProxyProtocolError(Worker.Index);
        return false;
    }

    private static List<InspectedValue> Metadata(ProxyProtocolSpec spec, List<ProxyTlv> tlvs)
    {
        var values = new List<InspectedValue>();
        foreach (var tlv in tlvs)
        {
            if (spec.RuleFor(tlv.Type) is { } rule)
                values.Add(new InspectedValue(rule.Namespace, rule.Key, Encoding.UTF8.GetString(tlv.Value.Span)));
        }
        return values;
    }

    /// <summary>Takes bytes that were looked at off the connection.</summary>
    private async LoopTask<bool> DropAsync(int count)
    {
        while (count > 0)
        {
            var received = await Stream.ReadAsync(count);
            if (received <= 0)
                return false;
            Stream.Consume(received);
            count -= received;
        }
        return true;
    }
}
