// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>What handlers are given of a request: fields of a template, from its attributes.</summary>
[Kind("config.istio.io", "instances", "v1alpha2", Name = "instance", IsNotInForce = true)]
public sealed record Instance
{
    /// <summary>A template that is part of the server: checknothing, quota, metric, logentry …</summary>
    [OneOf("template")]
    public string? CompiledTemplate { get; init; }

    /// <summary>Another template: name of a <c>template</c>.</summary>
    [OneOf("template")]
    public string? Template { get; init; }

    /// <summary>Field of the template → expression over attributes.</summary>
    public JsonObject? Params { get; init; }

    /// <summary>Attributes that come from what the handler answers: attribute → <c>$out.field</c>.</summary>
    public IReadOnlyDictionary<string, string> AttributeBindings { get; init; } = new Dictionary<string, string>();

    /// <summary>Not in use: the resource's name counts.</summary>
    public string Name { get; init; } = "";
}
