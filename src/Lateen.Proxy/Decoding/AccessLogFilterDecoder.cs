// SPDX-License-Identifier: Apache-2.0
using Envoy.Type.V3;
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
            case null:
                return null;
            case Kind.None:
                context.Add(path, "is empty; give one of the filters, or leave it out to log everything");
                return null;
            case Kind.TraceableFilter:
                return new TraceableFilter();
            case Kind.RuntimeFilter:
                return Runtime(filter.RuntimeFilter, $"{path}.runtime_filter", context);
            case Kind.HeaderFilter:
                return Header(filter.HeaderFilter, $"{path}.header_filter", context);
            case Kind.MetadataFilter:
                return MetadataFilterDecoder.Decode(filter.MetadataFilter, $"{path}.metadata_filter", context);
            case Kind.LogTypeFilter:
                return LogTypes(filter.LogTypeFilter, $"{path}.log_type_filter", context);
            case Kind.NotHealthCheckFilter:
                return new NotHealthCheckFilter();
            case Kind.ResponseFlagFilter:
                return Flags(filter.ResponseFlagFilter, $"{path}.response_flag_filter", context);
            case Kind.StatusCodeFilter:
                return Comparison(
                    ComparisonFilter.Subject.StatusCode,
                    filter.StatusCodeFilter.Comparison,
                    $"{path}.status_code_filter",
                    context
                );
            case Kind.DurationFilter:
                return Comparison(
                    ComparisonFilter.Subject.DurationMilliseconds,
                    filter.DurationFilter.Comparison,
                    $"{path}.duration_filter",
                    context
                );
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

    private static HeaderFilter? Header(Api.HeaderFilter filter, string path, DecodeContext context)
    {
        if (filter.Header is null)
            context.Add($"{path}.header", "is missing");
        else if (RouteMatchDecoder.Header(filter.Header, $"{path}.header", context) is { } header)
            return new HeaderFilter(header);
        return null;
    }

    private static RuntimeFilter Runtime(Api.RuntimeFilter filter, string path, DecodeContext context)
    {
        if (filter.RuntimeKey.Length == 0)
            context.Add($"{path}.runtime_key", "is missing");
        var percent = filter.PercentSampled ?? new FractionalPercent();
        context.Millionths(percent, $"{path}.percent_sampled");
        var parts = percent.Denominator switch
        {
            FractionalPercent.Types.DenominatorType.TenThousand => 10_000U,
            FractionalPercent.Types.DenominatorType.Million => 1_000_000U,
            _ => 100U,
        };
        return new RuntimeFilter(filter.RuntimeKey, percent.Numerator, parts, filter.UseIndependentRandomness);
    }

    private static LogTypeFilter LogTypes(Api.LogTypeFilter filter, string path, DecodeContext context)
    {
        var types = 0U;
        for (var i = 0; i < filter.Types_.Count; i++)
        {
            var type = (int)filter.Types_[i];
            if (type is < 0 or > LogTypeFilter.Highest)
                context.Add($"{path}.types[{i}]", $"is {type}; types of access logs are 0 to {LogTypeFilter.Highest}");
            else
                types |= 1U << type;
        }
        return new LogTypeFilter(types, filter.Exclude);
    }

    private static ComparisonFilter Comparison(
        ComparisonFilter.Subject subject,
        Api.ComparisonFilter? comparison,
        string path,
        DecodeContext context
    )
    {
        if (comparison is null)
            context.Add($"{path}.comparison", "is missing");
        var op = comparison?.Op ?? Api.ComparisonFilter.Types.Op.Eq;
        if (!Enum.IsDefined(op))
            context.Add($"{path}.comparison.op", $"is {op}; give EQ, GE or LE");
        return new ComparisonFilter(
            subject,
            (ComparisonFilter.Operator)op,
            comparison?.Value?.RuntimeKey ?? "",
            comparison?.Value?.DefaultValue ?? 0
        );
    }

    private static CombinedFilter Combined(
        RepeatedField<Api.AccessLogFilter> filters,
        bool all,
        string path,
        DecodeContext context
    )
    {
        if (filters.Count < 2)
            context.Add($"{path}.filters", $"has {filters.Count}; give at least two");
        var parts = new List<AccessLogFilter>();
        for (var i = 0; i < filters.Count; i++)
        {
            if (Decode(filters[i], $"{path}.filters[{i}]", context) is { } part)
                parts.Add(part);
        }
        return new CombinedFilter(parts.ToArray(), all);
    }
}
