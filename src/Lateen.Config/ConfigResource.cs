// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config;

/// <summary>What names a resource: kind, namespace, name.</summary>
public readonly record struct ConfigKey(string Kind, string Namespace, string Name)
{
    /// <summary>As users read it: <c>VirtualService default/reviews</c>.</summary>
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}

/// <summary>A resource of the user API, checked.</summary>
public abstract record ConfigResource(ConfigKey Key, ResourceMetadata Metadata, SourceLocation At)
{
    public string Namespace => Key.Namespace;

    public string Name => Key.Name;

    /// <summary>Stands for what was written: the same for the same content. Empty when it was not read from a text.</summary>
    internal string Fingerprint { get; init; } = "";
}

/// <summary>A resource with its specification.</summary>
public sealed record ConfigResource<TSpec>(ConfigKey Key, ResourceMetadata Metadata, SourceLocation At, TSpec Spec)
    : ConfigResource(Key, Metadata, At)
    where TSpec : class;
