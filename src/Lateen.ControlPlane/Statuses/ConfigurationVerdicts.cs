// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Analysis;
using Lateen.Config.Sources;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses.GatewayApi;
using Lateen.Core;
using Lateen.Mesh;

namespace Lateen.ControlPlane.Statuses;

/// <summary>What one revision of the configuration says of objects: whether it has them, what is wrong with them and between them.</summary>
internal sealed class ConfigurationVerdicts
{
    private readonly Dictionary<ConfigKey, ConfigResource> _inForce;
    private readonly ILookup<string, Problem> _reading;
    private readonly ILookup<string, Problem> _analysis;

    /// <param name="namespaces">Labels of namespaces, which the configuration does not read.</param>
    public ConfigurationVerdicts(
        ConfigSnapshot config,
        MeshSnapshot mesh,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> namespaces
    )
    {
        Config = config;
        Namespaces = namespaces;
        Gateways = new OurGateways(config, namespaces);
        _inForce = config.Resources.ToDictionary(static resource => resource.Key);
        _reading = config.Problems.ToLookup(static problem => problem.Subject, StringComparer.Ordinal);
        _analysis = MeshAnalysis
            .Run(config, mesh.Config.RootNamespace, mesh.Config.Exports)
            .Concat(mesh.Problems)
            .ToLookup(static problem => problem.Subject, StringComparer.Ordinal);
    }

    public ConfigSnapshot Config { get; }

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Namespaces { get; }

    /// <summary>The Gateway API's gateways that are ours.</summary>
    public OurGateways Gateways { get; }

    /// <summary>Whether the object is in force as it is: this generation of it, and of no file.</summary>
    public bool IsInForce(ObjectKey key, MirroredObject item) =>
        _inForce.TryGetValue(KeyOf(key, item), out var resource)
        && IsOf(resource, key)
        && (resource.Metadata.Generation ?? 0) == item.Generation
        && resource.Metadata.Uid == item.Uid;

    /// <summary>The generation that is in force instead; null for none.</summary>
    public long? GenerationInForce(ObjectKey key, MirroredObject item) =>
        _inForce.TryGetValue(KeyOf(key, item), out var resource) && IsOf(resource, key)
            ? resource.Metadata.Generation
            : null;

    /// <summary>What keeps the object out of force, from reading and from what it refers to.</summary>
    public IEnumerable<Problem> ErrorsOf(ObjectKey key, MirroredObject item) =>
        ReadingOf(key, item).Where(static problem => problem.Severity == Severity.Error);

    /// <summary>All that reading found.</summary>
    public IEnumerable<Problem> ReadingOf(ObjectKey key, MirroredObject item) => _reading[KeyOf(key, item).ToString()];

    /// <summary>What reading warned of.</summary>
    public IEnumerable<Problem> WarningsOf(ObjectKey key, MirroredObject item) =>
        ReadingOf(key, item).Where(static problem => problem.Severity != Severity.Error);

    public IReadOnlyList<Problem> AnalysisOf(ObjectKey key, MirroredObject item) =>
        _analysis[KeyOf(key, item).ToString()].ToList();

    public static ConfigKey KeyOf(ObjectKey key, MirroredObject item) =>
        new(key.Group, item.Kind.Name, key.Namespace, key.Name);

    private static bool IsOf(ConfigResource resource, ObjectKey key) =>
        resource.At.Source == $"{StoreTexts.Prefix}{key}";
}
