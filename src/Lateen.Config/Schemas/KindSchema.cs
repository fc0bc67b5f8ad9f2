// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Lateen.Core;

namespace Lateen.Config.Schemas;

/// <summary>A kind of the user API.</summary>
public sealed class KindSchema
{
    private readonly KindAttribute _declared;
    private readonly Func<ConfigKey, ResourceMetadata, SourceLocation, object, ConfigResource> _wrap;

    private KindSchema(Type type, KindAttribute declared)
    {
        _declared = declared;
        Content = SchemaBuilder.Of(type);
        _wrap = typeof(KindSchema)
            .GetMethod(nameof(Wrap), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .CreateDelegate<Func<ConfigKey, ResourceMetadata, SourceLocation, object, ConfigResource>>();
    }

    /// <summary>As in <c>kind:</c>.</summary>
    public string Name => _declared.Name ?? Content.Type.Name;

    /// <summary>Empty for Kubernetes' core.</summary>
    public string Group => _declared.Group;

    public string Plural => _declared.Plural;

    public IReadOnlyList<string> ShortNames => _declared.ShortNames;

    /// <summary>All that are read; the first is stored.</summary>
    public IReadOnlyList<string> Versions => _declared.Versions;

    public bool IsWhole => _declared.IsWhole;

    public bool IsSpecOptional => _declared.IsSpecOptional;

    public bool IsClusterScoped => _declared.IsClusterScoped;

    public bool IsNotInForce => _declared.IsNotInForce;

    public bool IsForAnalysisOnly => _declared.IsForAnalysisOnly;

    /// <summary>Kubernetes' own kinds are patched by strategic merges; custom resources are not.</summary>
    public bool HasStrategicMerge => Group is "" or "discovery.k8s.io" or "coordination.k8s.io";

    /// <summary>The specification; the whole document where <see cref="IsWhole"/>.</summary>
    public ObjectSchema Content { get; }

    /// <summary>As in <c>apiVersion:</c>.</summary>
    public string ApiVersion(string version) => Group.Length == 0 ? version : $"{Group}/{version}";

    public static KindSchema Of(Type type) =>
        new(
            type,
            type.GetCustomAttribute<KindAttribute>()
                ?? throw new ArgumentException($"{type} is no kind of resource", nameof(type))
        );

    internal ConfigResource Resource(ConfigKey key, ResourceMetadata metadata, SourceLocation at, object content) =>
        _wrap(key, metadata, at, content);

    private static ConfigResource<T> Wrap<T>(
        ConfigKey key,
        ResourceMetadata metadata,
        SourceLocation at,
        object content
    )
        where T : class => new(key, metadata, at, (T)content);
}
