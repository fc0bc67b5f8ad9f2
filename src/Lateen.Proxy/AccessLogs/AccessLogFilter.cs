// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Http;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary>Which streams a log is for (Envoy <c>AccessLogFilter</c>). Asked by workers, so it allocates nothing.</summary>
public abstract class AccessLogFilter
{
    public abstract bool Matches(StreamInfo stream);

    /// <summary>Once, before the first stream: numbers that an operator may change are looked up. By default there are none.</summary>
    public virtual void Bind(RuntimeValues runtime) { }
}

/// <summary><c>response_flag_filter</c>: a stream with one of the flags; without a list, one with any flag.</summary>
internal sealed class ResponseFlagFilter(ResponseFlags flags) : AccessLogFilter
{
    public override bool Matches(StreamInfo stream) => (stream.Flags & flags) != ResponseFlags.None;
}

/// <summary><c>status_code_filter</c> and <c>duration_filter</c>: a number compared with another.</summary>
/// <param name="key">Runtime key of the other number; empty for none.</param>
/// <param name="value">What it is while nobody gives another one.</param>
internal sealed class ComparisonFilter(
    ComparisonFilter.Subject subject,
    ComparisonFilter.Operator op,
    string key,
    long value
) : AccessLogFilter
{
    private RuntimeNumber? _value;

    /// <summary>What is compared.</summary>
    public enum Subject : byte
    {
        StatusCode,
        DurationMilliseconds,
    }

    /// <summary>Envoy <c>ComparisonFilter.Op</c>.</summary>
    public enum Operator : byte
    {
        Equal,
        GreaterOrEqual,
        LessOrEqual,
    }

    public override void Bind(RuntimeValues runtime) => _value = key.Length > 0 ? runtime.Number(key, value) : null;

    public override bool Matches(StreamInfo stream)
    {
        var wanted = _value?.Value ?? value;
        var actual = subject == Subject.StatusCode ? stream.ResponseCode : (long)stream.Duration.TotalMilliseconds;
        return op switch
        {
            Operator.Equal => actual == wanted,
            Operator.GreaterOrEqual => actual >= wanted,
            _ => actual <= wanted,
        };
    }
}

/// <summary><c>and_filter</c>: all of them; <c>or_filter</c>: one of them.</summary>
internal sealed class CombinedFilter(AccessLogFilter[] filters, bool all) : AccessLogFilter
{
    public override void Bind(RuntimeValues runtime)
    {
        foreach (var filter in filters)
            filter.Bind(runtime);
    }

    public override bool Matches(StreamInfo stream)
    {
        foreach (var filter in filters)
        {
            if (filter.Matches(stream) != all)
                return !all;
        }
        return all;
    }
}

/// <summary>
/// <c>grpc_status_filter</c>: a call that ended with one of the statuses, or with none of them where they are excluded. A
/// request that is no call has what its HTTP status stands for; one without any answer is UNKNOWN.
/// </summary>
/// <param name="statuses">One bit each.</param>
/// <param name="excludes">Theirs are left out.</param>
internal sealed class GrpcStatusFilter(uint statuses, bool excludes) : AccessLogFilter
{
    private const int Unknown = 2;

    public override bool Matches(StreamInfo stream)
    {
        var status = GrpcStatus.Known(GrpcStatus.Of(stream) ?? Unknown);
        return (status >= 0 && (statuses >> status & 1) != 0) != excludes;
    }
}

/// <summary><c>not_health_check_filter</c>: what the health check filter did not take for one.</summary>
internal sealed class NotHealthCheckFilter : AccessLogFilter
{
    public override bool Matches(StreamInfo stream) => !stream.IsHealthCheck;
}
