// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;
using Lateen.Config.Statuses;
using Lateen.Core;

namespace Lateen.Config;

/// <summary>What names a resource: kind, namespace, name.</summary>
/// <param name="Group">API group of the kind, since two groups may have kinds of one name; empty for Kubernetes' core.</param>
/// <param name="Namespace">Empty for kinds that are in none.</param>
public readonly record struct ConfigKey(string Group, string Kind, string Namespace, string Name)
{
    /// <summary>As users read it: <c>VirtualService default/reviews</c>, <c>GatewayClass istio</c>.</summary>
    public override string ToString()
    {
        var kind = KindCatalogue.DisplayName(Group, Kind);
        return Namespace.Length == 0 ? $"{kind} {Name}" : $"{kind} {Namespace}/{Name}";
    }
}

/// <summary>A resource of the user API, checked.</summary>
public abstract record ConfigResource(ConfigKey Key, ResourceMetadata Metadata, SourceLocation At)
{
    public string Namespace => Key.Namespace;

    public string Name => Key.Name;

    /// <summary>What its status said of it where it was written down; nothing of what a store holds, which has no say in its status.</summary>
    internal IReadOnlyList<ReportedCondition> Conditions { get; init; } = [];

    /// <summary>Stands for what was written: the same for the same content. Empty when it was not read from a text.</summary>
    internal string Fingerprint { get; init; } = "";

    /// <summary>Whether another reading of the resource found the same in the same place.</summary>
    internal bool SaysTheSame(ConfigResource other) =>
        Key == other.Key && At == other.At && Fingerprint == other.Fingerprint && Fingerprint.Length > 0;
}

/// <summary>A resource with its specification.</summary>
public sealed record ConfigResource<TSpec>(ConfigKey Key, ResourceMetadata Metadata, SourceLocation At, TSpec Spec)
    : ConfigResource(Key, Metadata, At)
    where TSpec : class;
