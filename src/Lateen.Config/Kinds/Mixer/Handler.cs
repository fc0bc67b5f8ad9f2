// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>An adapter with its settings: what checks and reports go to.</summary>
[Kind("config.istio.io", "handlers", "v1alpha2", Name = "handler", IsNotInForce = true)]
public sealed record Handler
{
    /// <summary>An adapter that is part of the server: denier, listchecker, memquota, prometheus …</summary>
    [OneOf("adapter")]
    public string? CompiledAdapter { get; init; }

    /// <summary>An adapter that is a program of its own: name of an <c>adapter</c>.</summary>
    [OneOf("adapter")]
    public string? Adapter { get; init; }

    /// <summary>The adapter's settings; what may be in them is the adapter's to say.</summary>
    public JsonObject? Params { get; init; }

    /// <summary>Where the program is; for adapters that are one.</summary>
    public HandlerConnection? Connection { get; init; }

    /// <summary>Not in use: the resource's name counts.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Where an adapter is.</summary>
public sealed record HandlerConnection
{
    /// <summary><c>host:port</c> of its gRPC server, or <c>unix:///path</c>.</summary>
    [Required]
    public string Address { get; init; } = "";

    /// <summary>Time for a call; none by default.</summary>
    [Range(0)]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Who the server is, and how it is told who calls.</summary>
    public JsonObject? Authentication { get; init; }
}
