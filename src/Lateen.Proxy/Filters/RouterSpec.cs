// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters;

/// <summary>The filter that forwards (Envoy <c>Router</c>).</summary>
public sealed record RouterSpec
{
    public static RouterSpec Default { get; } = new();

    /// <summary><c>suppress_envoy_headers</c>: x-envoy-* of the router's own are neither sent up nor down.</summary>
    public bool SuppressEnvoyHeaders { get; init; }

    /// <summary>
    /// <c>respect_expected_rq_timeout</c>: the timeout that a proxy before this one announced holds for this one too.
    /// </summary>
    public bool RespectExpectedRqTimeout { get; init; }

    /// <summary><c>strict_check_headers</c>: a request where one of them makes no sense is refused with 400.</summary>
    public IReadOnlyList<Lateen.Http.KnownHeader> StrictCheckHeaders { get; init; } = [];
}
