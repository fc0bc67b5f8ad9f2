// SPDX-License-Identifier: Apache-2.0
using Lateen.Xds;

namespace Lateen.Agent.Discovery;

/// <summary>Names and versions of the resources in force, by type: what a new stream tells the server it has already.</summary>
internal sealed class KnownResources
{
    private readonly Dictionary<string, Dictionary<string, string>> _versions = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Of(string typeUrl) => Table(typeUrl);

    public void Record(ResourceUpdate update, IReadOnlyList<ResourceRejection> rejections)
    {
        var table = Table(update.TypeUrl);
        if (update.IsWhole)
            table.Clear();
        foreach (var resource in update.Changed)
        {
            if (!rejections.Any(rejection => rejection.Name == resource.Name))
                table[resource.Name] = resource.Version;
        }
        foreach (var name in update.Removed)
            table.Remove(name);
    }

    private Dictionary<string, string> Table(string typeUrl) =>
        _versions.TryGetValue(typeUrl, out var table)
            ? table
            : _versions[typeUrl] = new Dictionary<string, string>(StringComparer.Ordinal);
}
