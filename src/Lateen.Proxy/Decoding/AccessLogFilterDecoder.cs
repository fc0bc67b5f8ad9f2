// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Collections;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Streams;
using Api = Envoy.Config.Accesslog.V3;
using Kind = Envoy.Config.Accesslog.V3.AccessLogFilter.FilterSpecifierOneofCase;

namespace Lateen.Proxy.Decoding;

/// <summary>Filters of access logs → <see cref="AccessLogFilter"/>.</summary>
internal static class AccessLogFilterDecoder
{
    /// <summary>Null when there is no filter, and when it is bad, which the context then says.</summary>
    public static AccessLogFilter? Decode(Api.AccessLogFilter? filter, string path, DecodeContext context)
    {
        switch (filter?.FilterSpecifierCase)
        {
            case null or Kind.None:
                return null;
            case Kind.NotHealthCheckFilter:
                return new NotHealthCheckFilter();
            case Kind.ResponseFlagFilter:
                return Flags(filter.ResponseFlagFilter, $"{path}.response_flag_filter", context);
            case Kind.StatusCodeFilter:
                return Comparison(ComparisonFilter.Subject.StatusCode, filter.StatusCodeFilter.Comparison);
            case Kind.DurationFilter:
                return Comparison(ComparisonFilter.Subject.DurationMilliseconds, filter.DurationFilter.Comparison);
            case Kind.GrpcStatusFilter:
                return Grpc(filter.GrpcStatusFilter, $"{path}.grpc_status_filter", context);
            case Kind.AndFilter:
                return Combined(filter.AndFilter.Filters, all: true, $"{path}.and_filter", context);
            case Kind.OrFilter:
                return Combined(filter.OrFilter.Filters, all: false, $"{path}.or_filter", context);
            default:
                context.Add(path, $"is a {filter.FilterSpecifierCase}, which this proxy does not have");
                return null;
        }
    }

    private static ResponseFlagFilter Flags(Api.ResponseFlagFilter filter, string path, DecodeContext context)
    {
        var flags = filter.Flags.Count == 0 ? (ResponseFlags)~0 : ResponseFlags.None;
        foreach (var name in filter.Flags)
        {
            if (ResponseFlagsText.TryParse(name, out var flag))
                flags |= flag;
            else
                context.Add($"{path}.flags", $"has \"{name}\", which is no response flag that is known here");
        }
        return new ResponseFlagFilter(flags);
    }

    private static GrpcStatusFilter Grpc(Api.GrpcStatusFilter filter, string path, DecodeContext context)
    {
        var statuses = 0U;
        for (var i = 0; i < filter.Statuses.Count; i++)
        {
            var status = (int)filter.Statuses[i];
            if (status is < 0 or > Http.GrpcStatus.Highest)
                context.Add($"{path}.statuses[{i}]", $"is {status}; statuses of gRPC are 0 to 16");
            else
                statuses |= 1U << status;
        }
        return new GrpcStatusFilter(statuses, filter.Exclude);
    }

    private static ComparisonFilter Comparison(ComparisonFilter.Subject subject, Api.ComparisonFilter? comparison) =>
        new(
            subject,
            (ComparisonFilter.Operator)(comparison?.Op ?? Api.ComparisonFilter.Types.Op.Eq),
            comparison?.Value?.DefaultValue ?? 0
        );

    private static CombinedFilter Combined(
        RepeatedField<Api.AccessLogFilter> filters,
        bool all,
        string path,
        DecodeContext context
    )
    {
        var parts = new List<AccessLogFilter>();
        for (var i = 0; i < filters.Count; i++)
        {
            if (Decode(filters[i], $"{path}.filters[{i}]", context) is { } part)
                parts.Add(part);
        }
        return new CombinedFilter(parts.ToArray(), all);
    }
}
