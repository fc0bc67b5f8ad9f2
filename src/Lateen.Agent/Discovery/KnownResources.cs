// SPDX-License-Identifier: Apache-2.0
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>Names and versions of the resources in force, by type: what a new stream tells the server it has already.</summary>
internal sealed class KnownResources
{
    private readonly Dictionary<string, Dictionary<string, string>> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _systemVersions = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Of(string typeUrl) => Table(typeUrl);

    /// <summary>Version of the last response of a type that was good as a whole; empty when there was none.</summary>
    public string SystemVersionOf(string typeUrl) => _systemVersions.GetValueOrDefault(typeUrl, "");

    public void Record(ResourceUpdate update, IReadOnlyList<ResourceRejection> rejections)
    {
        if (rejections.Count == 0 && update.SystemVersion.Length > 0)
            _systemVersions[update.TypeUrl] = update.SystemVersion;
        var table = Table(update.TypeUrl);
        if (update.IsWhole)
            RemoveAbsent(table, update.Changed);
        foreach (var resource in update.Changed)
        {
            // A refused one keeps the version that is in force, if there is one.
            if (!rejections.Any(rejection => rejection.Name == resource.Name))
                table[resource.Name] = resource.Version;
        }
        foreach (var name in update.Removed)
            table.Remove(name);
    }

    private static void RemoveAbsent(Dictionary<string, string> table, IReadOnlyList<NamedResource> present)
    {
        var names = present.Select(static resource => resource.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in table.Keys.ToArray())
        {
            if (!names.Contains(name))
                table.Remove(name);
        }
    }

    private Dictionary<string, string> Table(string typeUrl) =>
        _versions.TryGetValue(typeUrl, out var table)
            ? table
            : _versions[typeUrl] = new Dictionary<string, string>(StringComparer.Ordinal);
}
