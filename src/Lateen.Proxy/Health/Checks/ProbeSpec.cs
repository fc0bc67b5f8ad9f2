// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.Health.Checks;

/// <summary>What an endpoint is asked (Envoy <c>HealthCheck.health_checker</c>).</summary>
public abstract record ProbeSpec;

/// <summary>A request over HTTP (Envoy <c>HttpHealthCheck</c>).</summary>
public sealed record HttpProbeSpec(string Path) : ProbeSpec
{
    /// <summary><c>host</c>; empty takes the cluster's name. An endpoint's own <c>hostname</c> goes before both.</summary>
    public string Host { get; init; } = "";

    /// <summary><c>method</c>: GET.</summary>
    public string Method { get; init; } = "GET";

    /// <summary><c>send</c>: the request's body.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary><c>receive</c>: pieces that the answer's body must have, in this order.</summary>
    public IReadOnlyList<byte[]> Receive { get; init; } = [];

    /// <summary><c>response_buffer_size</c>: bytes of the body that are looked at, 1024; 0 for all of it, up to 1 MiB.</summary>
    public int BufferSize { get; init; } = 1024;

    /// <summary><c>request_headers_to_add</c> and <c>_to_remove</c>.</summary>
    public HeaderMutationsSpec Headers { get; init; } = HeaderMutationsSpec.None;

    /// <summary><c>expected_statuses</c>: 200.</summary>
    public IReadOnlyList<StatusRange> Expected { get; init; } = [new(200, 201)];

    /// <summary><c>retriable_statuses</c>: failures, but they count only after <c>unhealthy_threshold</c> of them.</summary>
    public IReadOnlyList<StatusRange> Retriable { get; init; } = [];

    /// <summary><c>codec_client_type</c>: HTTP/2 rather than HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary><c>service_name_matcher</c>, for the answer's <c>x-envoy-upstream-healthchecked-cluster</c>; null asks for none.</summary>
    public StringMatchSpec? ServiceName { get; init; }
}

/// <summary>Statuses from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
public readonly record struct StatusRange(int Start, int End)
{
    public bool Contains(int status) => status >= Start && status < End;
}

/// <summary>A connection, and perhaps bytes on it (Envoy <c>TcpHealthCheck</c>).</summary>
public sealed record TcpProbeSpec : ProbeSpec
{
    public byte[] Send { get; init; } = [];

    /// <summary>Pieces that must come back, in this order; empty is content with the connection.</summary>
    public IReadOnlyList<byte[]> Receive { get; init; } = [];

    /// <summary><c>proxy_protocol_config</c>: a header of the PROXY protocol goes first, 1 or 2; 0 for none.</summary>
    public int ProxyProtocolVersion { get; init; }
}

/// <summary>A call of <c>grpc.health.v1.Health/Check</c> (Envoy <c>GrpcHealthCheck</c>).</summary>
public sealed record GrpcProbeSpec : ProbeSpec
{
    /// <summary><c>service_name</c>; empty asks for the server as a whole.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary><c>authority</c>; empty takes the cluster's name. An endpoint's own <c>hostname</c> goes before both.</summary>
    public string Authority { get; init; } = "";

    /// <summary><c>initial_metadata</c></summary>
    public HeaderMutationsSpec Metadata { get; init; } = HeaderMutationsSpec.None;
}
