// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.GatewayApi;

/// <summary>An answer without asking a service.</summary>
public sealed record RouteDirectResponse
{
    /// <summary>100 to 599.</summary>
    [Required, Range(100, 599)]
    public int StatusCode { get; init; }

    /// <summary>What the client gets; empty by default.</summary>
    public RouteDirectResponseBody? Body { get; init; }
}

/// <summary>What a client gets without asking a service.</summary>
public sealed record RouteDirectResponseBody
{
    /// <summary>As text; at most 4096 characters.</summary>
    [Required]
    public string String { get; init; } = "";
}
