// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config;

/// <summary>Kubernetes' ObjectMeta.</summary>
public sealed record ResourceMetadata
{
    public static ResourceMetadata Empty { get; } = new();

    /// <summary>Unique for the kind and namespace.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>default</c> when it is not there.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Names that the API makes begin so.</summary>
    public string GenerateName { get; init; } = "";

    /// <summary>What others select it by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What tools note.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Age decides conflicts; a resource without one counts as the oldest, ties go by name.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When it goes, once somebody asked for that.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Seconds until it goes.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Never the same for two resources, one after the other of one name included.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Changes with every write.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Counts the changes of the specification.</summary>
    public long? Generation { get; init; }

    /// <summary>A path of old APIs.</summary>
    public string SelfLink { get; init; } = "";

    /// <summary>Who must be done before it goes.</summary>
    [ListSet]
    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>Resources that it goes with.</summary>
    [ListKeys("uid")]
    public IReadOnlyList<JsonObject> OwnerReferences { get; init; } = [];

    /// <summary>Who set which fields.</summary>
    public IReadOnlyList<JsonObject> ManagedFields { get; init; } = [];
}
