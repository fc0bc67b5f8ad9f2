// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Mixer;

/// <summary>An adapter that is a program of its own.</summary>
[Kind("config.istio.io", "adapters", "v1alpha2", Name = "adapter", IsNotInForce = true)]
public sealed record Adapter
{
    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether it keeps a session for its settings.</summary>
    [Word("session_based")]
    public bool IsSessionBased { get; init; }

    /// <summary>Templates that it takes instances of.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>FileDescriptorSet of its settings, in base64.</summary>
    public string Config { get; init; } = "";
}

/// <summary>A template of an adapter that is a program of its own.</summary>
[Kind("config.istio.io", "templates", "v1alpha2", Name = "template", IsNotInForce = true)]
public sealed record Template
{
    /// <summary>FileDescriptorSet of its fields, in base64.</summary>
    [Required]
    public string Descriptor { get; init; } = "";
}
