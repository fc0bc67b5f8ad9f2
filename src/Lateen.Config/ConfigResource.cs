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

/// <summary>The rest of Kubernetes' ObjectMeta.</summary>
public sealed record ResourceMetadata
{
    public static ResourceMetadata Empty { get; } = new();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Age decides conflicts; a resource without one counts as the oldest, ties go by name.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }
}
