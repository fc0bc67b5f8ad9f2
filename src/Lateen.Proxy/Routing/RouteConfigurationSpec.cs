// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Filters;

namespace Lateen.Proxy.Routing;

/// <summary>Routes of a listener, decoded and checked (Envoy <c>config.route.v3.RouteConfiguration</c>).</summary>
public sealed record RouteConfigurationSpec
{
    public required string Name { get; init; }

    public required IReadOnlyList<VirtualHostSpec> VirtualHosts { get; init; }

    public HeaderMutationsSpec Headers { get; init; } = HeaderMutationsSpec.None;

    /// <summary><c>request_mirror_policies</c>, for virtual hosts without their own.</summary>
    public IReadOnlyList<MirrorPolicySpec> Mirrors { get; init; } = [];

    /// <summary><c>ignore_port_in_host_matching</c>.</summary>
    public bool IgnorePortInHostMatching { get; init; }

    /// <summary><c>most_specific_header_mutations_wins</c>: turns the order of mutations round.</summary>
    public bool MostSpecificHeadersWin { get; init; }
}

/// <summary>Routes of a set of hosts (Envoy <c>VirtualHost</c>).</summary>
public sealed record VirtualHostSpec
{
    public required string Name { get; init; }

    /// <summary>Exact names, <c>*suffix</c>, <c>prefix*</c> or <c>*</c>; case does not matter.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    public required IReadOnlyList<RouteSpec> Routes { get; init; }

    public HeaderMutationsSpec Headers { get; init; } = HeaderMutationsSpec.None;

    /// <summary><c>include_request_attempt_count</c>: x-envoy-attempt-count to the upstream.</summary>
    public bool IncludeRequestAttemptCount { get; init; }

    /// <summary><c>include_attempt_count_in_response</c>.</summary>
    public bool IncludeAttemptCountInResponse { get; init; }

    /// <summary><c>request_mirror_policies</c>, for routes without their own.</summary>
    public IReadOnlyList<MirrorPolicySpec> Mirrors { get; init; } = [];

    /// <summary><c>retry_policy</c>, for routes without their own.</summary>
    public RetryPolicySpec? RetryPolicy { get; init; }

    /// <summary><c>require_tls</c>: which plaintext requests are redirected.</summary>
    public TlsRequirement RequireTls { get; init; }

    /// <summary><c>typed_per_filter_config</c>, for routes without their own.</summary>
    public FilterOverrides FilterOverrides { get; init; } = FilterOverrides.None;
}

/// <summary>A match with its action (Envoy <c>Route</c>).</summary>
public sealed record RouteSpec
{
    /// <summary>May be empty.</summary>
    public string Name { get; init; } = "";

    public required RouteMatchSpec Match { get; init; }

    public required RouteActionSpec Action { get; init; }

    public HeaderMutationsSpec Headers { get; init; } = HeaderMutationsSpec.None;

    /// <summary><c>typed_per_filter_config</c>.</summary>
    public FilterOverrides FilterOverrides { get; init; } = FilterOverrides.None;
}

/// <summary>Envoy <c>VirtualHost.TlsRequirementType</c>.</summary>
public enum TlsRequirement : byte
{
    None,

    /// <summary>Requests that are not internal (no <c>x-envoy-internal: true</c>).</summary>
    ExternalOnly,
    All,
}

/// <summary>Header lines to add and remove, on both ways.</summary>
public sealed record HeaderMutationsSpec(
    IReadOnlyList<HeaderToAdd> RequestAdd,
    IReadOnlyList<string> RequestRemove,
    IReadOnlyList<HeaderToAdd> ResponseAdd,
    IReadOnlyList<string> ResponseRemove
)
{
    public static HeaderMutationsSpec None { get; } = new([], [], [], []);

    public bool IsEmpty => RequestAdd.Count + RequestRemove.Count + ResponseAdd.Count + ResponseRemove.Count == 0;
}

/// <summary>Envoy <c>HeaderValueOption</c>: name in lower case, value with <c>%COMMAND%</c>s.</summary>
public sealed record HeaderToAdd(string Name, string Value, AppendAction Action, bool KeepEmpty);

/// <summary>Envoy <c>HeaderValueOption.HeaderAppendAction</c>.</summary>
public enum AppendAction : byte
{
    AppendIfExistsOrAdd,
    AddIfAbsent,
    OverwriteIfExistsOrAdd,
    OverwriteIfExists,
}
