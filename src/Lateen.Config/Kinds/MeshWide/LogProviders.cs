// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.MeshWide;

/// <summary>A file gets access logs.</summary>
public sealed record FileLogProvider
{
    /// <summary>The file; <c>/dev/stdout</c> when empty.</summary>
    public string Path { get; init; } = "";

    /// <summary>What a line says; Istio's default text when it is not there.</summary>
    public FileLogFormat? LogFormat { get; init; }

    /// <summary>Leaves out fields of JSON that have no value.</summary>
    public bool OmitEmptyValues { get; init; }
}

/// <summary>What a line of an access log says.</summary>
public sealed record FileLogFormat
{
    /// <summary>Substitution format of a text.</summary>
    [OneOf("log_format")]
    public string? Text { get; init; }

    /// <summary>JSON: name → substitution format; Istio's default names when empty.</summary>
    [OneOf("log_format")]
    public JsonObject? Labels { get; init; }
}

/// <summary>A service gets access logs of requests, by Envoy's protocol.</summary>
public sealed record HttpLogProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>http_envoy_accesslog by default.</summary>
    public string LogName { get; init; } = "";

    /// <summary>Filter state that is logged.</summary>
    public IReadOnlyList<string> FilterStateObjectsToLog { get; init; } = [];

    /// <summary>Request headers that are logged.</summary>
    public IReadOnlyList<string> AdditionalRequestHeadersToLog { get; init; } = [];

    /// <summary>Response headers that are logged.</summary>
    public IReadOnlyList<string> AdditionalResponseHeadersToLog { get; init; } = [];

    /// <summary>Response trailers that are logged.</summary>
    public IReadOnlyList<string> AdditionalResponseTrailersToLog { get; init; } = [];
}

/// <summary>A service gets access logs of connections, by Envoy's protocol.</summary>
public sealed record TcpLogProvider
{
    /// <summary><c>namespace/host</c> or host of the service.</summary>
    [Required]
    public string Service { get; init; } = "";

    /// <summary>The service's port.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>tcp_envoy_accesslog by default.</summary>
    public string LogName { get; init; } = "";

    /// <summary>Filter state that is logged.</summary>
    public IReadOnlyList<string> FilterStateObjectsToLog { get; init; } = [];
}
