// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using Lateen.Http;
using Lateen.Proxy.Clusters;

namespace Lateen.Proxy.Routing;

/// <summary>Executable form of a <see cref="RetryPolicySpec"/>. Immutable, shared by all workers; allocates nothing.</summary>
internal sealed class RetryRules
{
    private readonly HeaderCondition[] _responseHeaders;
    private readonly HeaderCondition[] _requestHeaders;
    private readonly byte[][] _resetHeaders;

    public RetryRules(RetryPolicySpec spec)
    {
        Spec = spec;
        _responseHeaders = HeaderCondition.All(spec.RetriableHeaders);
        _requestHeaders = HeaderCondition.All(spec.RetriableRequestHeaders);
        _resetHeaders = new byte[spec.RateLimitedBackOff?.Headers.Count ?? 0][];
        for (var i = 0; i < _resetHeaders.Length; i++)
            _resetHeaders[i] = Encoding.ASCII.GetBytes(spec.RateLimitedBackOff!.Headers[i].Name);
    }

    public static RetryRules Default { get; } = new(RetryPolicySpec.Default);

    public RetryPolicySpec Spec { get; }

    /// <summary>There are endpoints that a retry is to avoid.</summary>
    public bool AvoidsEndpoints => Spec.AvoidPreviousHosts || AvoidsByMetadata;

    /// <summary>False where <c>retriable_request_headers</c> has none that the request has.</summary>
    public bool Admits(RequestHead request)
    {
        foreach (var header in _requestHeaders)
        {
            if (header.IsMet(request))
                return true;
        }
        return _requestHeaders.Length == 0;
    }

    /// <summary>Whether <c>retriable_headers</c> has one that the response has.</summary>
    public bool NamesHeaderOf(HeaderMap response)
    {
        foreach (var header in _responseHeaders)
        {
            if (header.IsMet(response))
                return true;
        }
        return false;
    }

    /// <summary>When to come back, as the response says; null when it does not, or wants more than is granted.</summary>
    /// <param name="unixSeconds">Now.</param>
    public TimeSpan? ResetInterval(HeaderMap response, long unixSeconds)
    {
        for (var i = 0; i < _resetHeaders.Length; i++)
        {
            if (
                !response.TryGet(_resetHeaders[i], out var text)
                || !Utf8Parser.TryParse(text, out long number, out var used)
                || used != text.Length
            )
                continue;
            var seconds = Spec.RateLimitedBackOff!.Headers[i].IsUnixTime ? number - unixSeconds : number;
            if (seconds > 0 && seconds <= (long)Spec.RateLimitedBackOff.MaxInterval.TotalSeconds)
                return TimeSpan.FromSeconds(seconds);
        }
        return null;
    }

    /// <summary>Whether the endpoint's metadata has what a retry avoids.</summary>
    public bool Avoids(EndpointSpec endpoint)
    {
        if (Spec.AvoidCanaries && endpoint.Metadata.TryGetValue("canary", out var canary) && canary == "true")
            return true;
        for (var i = 0; i < Spec.AvoidMetadata.Count; i++)
        {
            if (HasAll(endpoint, Spec.AvoidMetadata[i]))
                return true;
        }
        return false;
    }

    private bool AvoidsByMetadata => Spec.AvoidCanaries || Spec.AvoidMetadata.Count > 0;

    private static bool HasAll(EndpointSpec endpoint, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            if (!endpoint.Metadata.TryGetValue(key, out var actual) || actual != value)
                return false;
        }
        return true;
    }
}
