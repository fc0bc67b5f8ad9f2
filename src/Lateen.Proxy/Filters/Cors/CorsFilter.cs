// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;
using Lateen.Proxy.Http;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Cors;

/// <summary>
/// Cross-origin requests (<c>envoy.filters.http.cors</c>, the Fetch standard's CORS protocol): answers preflights and marks
/// responses, as the route's policy grants. A route without policy is left alone.
/// </summary>
internal sealed class CorsFilter(string name, CorsStats stats) : IHttpFilter
{
    private static readonly LocalReply s_preflight = new(200, [], "cors_response", ResponseFlags.None);

    public string Name { get; } = name;

    public FilterVerdict OnRequestHead(StreamInfo stream, IFilterControl control)
    {
        if (PolicyOf(stream) is not { } policy || !TryGetOrigin(stream, out var origin))
            return FilterVerdict.Continue;
        if (policy.Share is { } share && control.NextRandom() % 1_000_000 >= share)
            return FilterVerdict.Continue;
        var isAllowed = policy.Allows(origin);
        stats.OnOrigin(control.Worker, isAllowed);
        var request = stream.Request;
        if (
            !request.Method.SequenceEqual("OPTIONS"u8)
            || !request.Headers.TryGet("access-control-request-method"u8, out var method)
            || method.IsEmpty
        )
            return FilterVerdict.Continue;
        if (!isAllowed)
            return policy.ForwardsOthers ? FilterVerdict.Continue : FilterVerdict.Answer(s_preflight);
        AnswerPreflight(policy, stream);
        return FilterVerdict.Answer(s_preflight);
    }

    public void OnResponseHead(StreamInfo stream)
    {
        if (PolicyOf(stream) is not { } policy || !TryGetOrigin(stream, out var origin) || !policy.Allows(origin))
            return;
        var headers = stream.Response.Headers;
        headers.Set("access-control-allow-origin"u8, origin);
        if (policy.AllowsCredentials)
            headers.Set("access-control-allow-credentials"u8, "true"u8);
        if (policy.ExposedHeaders is not null)
            headers.Set("access-control-expose-headers"u8, policy.ExposedHeaders);
    }

    private static void AnswerPreflight(CorsPolicy policy, StreamInfo stream)
    {
        var headers = stream.Response.Headers;
        if (policy.Methods is not null)
            headers.Set("access-control-allow-methods"u8, policy.Methods);
        if (policy.Headers is not null)
            headers.Set("access-control-allow-headers"u8, policy.Headers);
        if (policy.MaxAge is not null)
            headers.Set("access-control-max-age"u8, policy.MaxAge);
        if (
            policy.AllowsPrivateNetwork
            && stream.Request.Headers.TryGet("access-control-request-private-network"u8, out var asked)
            && asked.SequenceEqual("true"u8)
        )
            headers.Set("access-control-allow-private-network"u8, "true"u8);
    }

    private CorsPolicy? PolicyOf(StreamInfo stream) =>
        stream.Route is { } route && route.FilterOverrides.TryGet(Name, out var settings)
            ? settings.Config as CorsPolicy
            : null;

    private static bool TryGetOrigin(StreamInfo stream, out ReadOnlySpan<byte> origin) =>
        stream.Request.Headers.TryGet("origin"u8, out origin) && !origin.IsEmpty;
}
