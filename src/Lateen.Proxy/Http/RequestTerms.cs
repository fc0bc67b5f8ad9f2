// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Lateen.Http;
using Lateen.Proxy.Filters;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Http;

/// <summary>
/// Timeouts and retries of one request: its route's, where its own headers say nothing else (Envoy's router). Those headers end
/// here; of external requests they were dropped before.
/// </summary>
internal sealed class RequestTerms
{
    private HeaderMap _headers = null!;
    private RouterSpec _router = RouterSpec.Default;
    private TextRange _statusCodes;
    private TextRange _headerNames;

    /// <summary>From the request's last byte to the response's last; zero for none.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>To the response's head; zero for none.</summary>
    public TimeSpan PerTryTimeout { get; private set; }

    /// <summary>Null when nothing is tried again.</summary>
    public RetryRules? Rules { get; private set; }

    /// <summary>What is tried again, the route's and the request's own.</summary>
    public RetryConditions Conditions { get; private set; }

    /// <summary>To the next byte of a try in either direction; zero for none.</summary>
    public TimeSpan PerTryIdleTimeout { get; private set; }

    /// <summary>How often at the most.</summary>
    public int Retries { get; private set; }

    /// <summary>The first header that <c>strict_check_headers</c> names and that makes no sense; null when there is none.</summary>
    public static KnownHeader? FindInvalid(HeaderMap headers, RouterSpec router)
    {
        for (var i = 0; i < router.StrictCheckHeaders.Count; i++)
        {
            var id = router.StrictCheckHeaders[i];
            if (headers.TryGet(id, out var value) && !IsValid(id, value))
                return id;
        }
        return null;
    }

    /// <summary>Takes the timeouts; before the route changes headers.</summary>
    public void TakeTimeouts(HeaderMap headers, RouterSpec router, ForwardActionSpec action, RetryPolicySpec? policy)
    {
        _headers = headers;
        _router = router;
        Timeout = action.Timeout;
        PerTryTimeout = policy?.PerTryTimeout ?? TimeSpan.Zero;
        PerTryIdleTimeout = policy?.PerTryIdleTimeout ?? TimeSpan.Zero;
        if (router.RespectExpectedRqTimeout && headers.TryGet(KnownHeader.XEnvoyExpectedRqTimeoutMs, out var expected))
            Timeout = Milliseconds(expected) ?? Timeout;
        else if (headers.TryGet(KnownHeader.XEnvoyUpstreamRqTimeoutMs, out var timeout))
            Timeout = Milliseconds(timeout) ?? Timeout;
        headers.Remove(KnownHeader.XEnvoyUpstreamRqTimeoutMs);
        if (headers.TryGet(KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs, out var perTry))
            PerTryTimeout = Milliseconds(perTry) ?? PerTryTimeout;
        headers.Remove(KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs);
        // A try that may last as long as the whole is no try.
        if (Timeout > TimeSpan.Zero && PerTryTimeout >= Timeout)
            PerTryTimeout = TimeSpan.Zero;
    }

    /// <summary>Takes what the request says of retries; after the route has changed headers.</summary>
    public void TakeRetries(RetryRules? rules, RequestHead request)
    {
        var asked = RetryConditions.None;
        if (_headers.TryGet(KnownHeader.XEnvoyRetryOn, out var on))
            asked |= RetryConditionNames.Parse(on, grpc: false, out _);
        if (_headers.TryGet(KnownHeader.XEnvoyRetryGrpcOn, out var grpcOn))
            asked |= RetryConditionNames.Parse(grpcOn, grpc: true, out _);
        Rules = rules ?? (asked != RetryConditions.None ? RetryRules.Default : null);
        Conditions = asked | (rules?.Spec.Conditions ?? RetryConditions.None);
        if (rules is not null && !rules.Admits(request))
            Conditions = RetryConditions.None;
        Retries = Rules?.Spec.Retries ?? 0;
        if (_headers.TryGet(KnownHeader.XEnvoyMaxRetries, out var most) && TryParse(most, out var number))
            Retries = (int)Math.Min(number, int.MaxValue);
        _statusCodes = Take(KnownHeader.XEnvoyRetriableStatusCodes);
        _headerNames = Take(KnownHeader.XEnvoyRetriableHeaderNames);
        _headers.Remove(KnownHeader.XEnvoyRetryOn);
        _headers.Remove(KnownHeader.XEnvoyRetryGrpcOn);
        _headers.Remove(KnownHeader.XEnvoyMaxRetries);
    }

    /// <summary>Tells the upstream how long it has (x-envoy-expected-rq-timeout-ms).</summary>
    /// <param name="elapsed">Time that the whole timeout has run already.</param>
    public void Announce(TimeSpan elapsed)
    {
        if (_router.SuppressEnvoyHeaders)
            return;
        var expected = PerTryTimeout > TimeSpan.Zero ? PerTryTimeout : Timeout;
        if (expected <= TimeSpan.Zero)
            return;
        if (Timeout > TimeSpan.Zero && Timeout - elapsed < expected)
            expected = Timeout - elapsed;
        // 0 would be no timeout.
        _headers.SetNumber(KnownHeader.XEnvoyExpectedRqTimeoutMs, Math.Max(1, (long)expected.TotalMilliseconds));
    }

    /// <summary>Whether the request itself names the response's status.</summary>
    public bool NamesStatus(int status)
    {
        var list = _headers.Text(_statusCodes);
        foreach (var range in list.Split((byte)','))
        {
            if (TryParse(list[range].Trim(" \t"u8), out var code) && code == status)
                return true;
        }
        return false;
    }

    /// <summary>Whether the request itself names a header that the response has.</summary>
    public bool NamesHeaderOf(HeaderMap response)
    {
        var list = _headers.Text(_headerNames);
        Span<byte> name = stackalloc byte[128];
        foreach (var range in list.Split((byte)','))
        {
            var asked = list[range].Trim(" \t"u8);
            if (asked.IsEmpty || asked.Length > name.Length)
                continue;
            System.Text.Ascii.ToLower(asked, name, out var length);
            if (response.TryGet(name[..length], out _))
                return true;
        }
        return false;
    }

    /// <summary>A removed line's text stays where it is, as long as the request does.</summary>
    private TextRange Take(KnownHeader id)
    {
        if (_headers.IndexOf(id) is not (>= 0 and var index))
            return default;
        var value = _headers.ValueRange(index);
        _headers.Remove(id);
        return value;
    }

    private static bool IsValid(KnownHeader id, ReadOnlySpan<byte> value)
    {
        if (id is not (KnownHeader.XEnvoyRetryOn or KnownHeader.XEnvoyRetryGrpcOn))
            return TryParse(value, out _);
        RetryConditionNames.Parse(value, id == KnownHeader.XEnvoyRetryGrpcOn, out var areKnown);
        return areKnown;
    }

    private static TimeSpan? Milliseconds(ReadOnlySpan<byte> text) =>
        TryParse(text, out var number) ? TimeSpan.FromMilliseconds(Math.Min(number, uint.MaxValue)) : null;

    private static bool TryParse(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= 18
            && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(text, out number, out _);
    }
}
