// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Routing;
using Api = Envoy.Extensions.Filters.Http.Fault.V3;
using DelayApi = Envoy.Extensions.Filters.Common.Fault.V3;

namespace Lateen.Proxy.Filters.Fault;

/// <summary><c>envoy.extensions.filters.http.fault.v3.HTTPFault</c>.</summary>
internal sealed class FaultFilterFactory : IHttpFilterFactory
{
    public string ConfigType => Api.HTTPFault.Descriptor.FullName;

    public string? OverrideType => ConfigType;

    public object? DecodeConfig(Any config, string path, DecodeContext context) =>
        context.Unpack<Api.HTTPFault>(config, path) is { } fault ? new Fault(Decode(fault, path, context)) : null;

    public object? DecodeOverride(Any config, string path, DecodeContext context) =>
        DecodeConfig(config, path, context);

    public IHttpFilter Create(string name, object config, HttpFilterEnvironment environment) =>
        new FaultFilter(name, (Fault)config, environment.Stats.Fault(environment.StatPrefix));

    private static FaultSpec Decode(Api.HTTPFault fault, string path, DecodeContext context)
    {
        if (fault.DownstreamNodes.Count > 0)
            context.Add($"{path}.downstream_nodes", "is not served; leave it out");
        return new FaultSpec
        {
            Delay = fault.Delay is null ? null : Delay(fault.Delay, $"{path}.delay", context),
            Abort = fault.Abort is null ? null : Abort(fault.Abort, $"{path}.abort", context),
            Cluster = fault.UpstreamCluster.Length == 0 ? null : fault.UpstreamCluster,
            Headers = RouteMatchDecoder.Headers(fault.Headers, $"{path}.headers", context),
            MaxActive = fault.MaxActiveFaults,
        };
    }

    private static FaultDelaySpec? Delay(DelayApi.FaultDelay delay, string path, DecodeContext context)
    {
        var share = context.Millionths(delay.Percentage, $"{path}.percentage") ?? 0;
        switch (delay.FaultDelaySecifierCase)
        {
            case DelayApi.FaultDelay.FaultDelaySecifierOneofCase.FixedDelay:
                var time = context.Duration(delay.FixedDelay, TimeSpan.Zero, $"{path}.fixed_delay");
                if (delay.FixedDelay is { Seconds: 0, Nanos: 0 })
                    context.Add($"{path}.fixed_delay", "is 0; give more, or leave the delay out");
                return new FaultDelaySpec(time, share);
            case DelayApi.FaultDelay.FaultDelaySecifierOneofCase.HeaderDelay:
                return new FaultDelaySpec(null, share);
            default:
                context.Add(path, "has neither fixed_delay nor header_delay");
                return null;
        }
    }

    private static FaultAbortSpec? Abort(Api.FaultAbort abort, string path, DecodeContext context)
    {
        var share = context.Millionths(abort.Percentage, $"{path}.percentage") ?? 0;
        switch (abort.ErrorTypeCase)
        {
            case Api.FaultAbort.ErrorTypeOneofCase.HttpStatus:
                if (abort.HttpStatus is < 200 or > 599)
                    context.Add($"{path}.http_status", $"is {abort.HttpStatus}; statuses are 200 to 599");
                return new FaultAbortSpec((int)abort.HttpStatus, null, share);
            case Api.FaultAbort.ErrorTypeOneofCase.GrpcStatus:
                return new FaultAbortSpec(null, (int)Math.Min(abort.GrpcStatus, int.MaxValue), share);
            case Api.FaultAbort.ErrorTypeOneofCase.HeaderAbort:
                return new FaultAbortSpec(null, null, share);
            default:
                context.Add(path, "has none of http_status, grpc_status and header_abort");
                return null;
        }
    }
}
