// SPDX-License-Identifier: Apache-2.0
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Lateen.Xds;

namespace Lateen.Translation;

/// <summary>All resources of one type that a proxy gets. Immutable.</summary>
public sealed class ResourceSet
{
    private static readonly Comparer<NamedResource> s_byName = Comparer<NamedResource>.Create(
        static (a, b) => string.CompareOrdinal(a.Name, b.Name)
    );

    private readonly NamedResource[] _resources;

    private ResourceSet(string typeUrl, NamedResource[] resources)
    {
        TypeUrl = typeUrl;
        _resources = resources;
        var hash = new XxHash128();
        foreach (var resource in resources)
        {
            // The terminators keep a name and the version after it apart.
            hash.Append(MemoryMarshal.AsBytes(resource.Name.AsSpan()));
            hash.Append("\0"u8);
            hash.Append(MemoryMarshal.AsBytes(resource.Version.AsSpan()));
            hash.Append("\0"u8);
        }
        Version = Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public string TypeUrl { get; }

    /// <summary>Hash of the content: equal sets have equal versions.</summary>
    public string Version { get; }

    /// <summary>Sorted by name; each name once.</summary>
    public IReadOnlyList<NamedResource> Resources => _resources;

    /// <summary>Sorts the resources; of two with one name the first stays.</summary>
    public static ResourceSet Of(string typeUrl, IEnumerable<NamedResource> resources)
    {
        var byName = new Dictionary<string, NamedResource>(StringComparer.Ordinal);
        foreach (var resource in resources)
            byName.TryAdd(resource.Name, resource);
        var sorted = byName.Values.ToArray();
        Array.Sort(sorted, s_byName);
        return new ResourceSet(typeUrl, sorted);
    }

    /// <summary>This set and a few more, whose names are not in it.</summary>
    internal ResourceSet Plus(IReadOnlyCollection<NamedResource> few)
    {
        if (few.Count == 0)
            return this;
        var merged = new List<NamedResource>(_resources.Length + few.Count);
        merged.AddRange(_resources);
        foreach (var resource in few)
        {
            var at = merged.BinarySearch(resource, s_byName);
            if (at < 0)
                merged.Insert(~at, resource);
        }
        return new ResourceSet(TypeUrl, merged.ToArray());
    }

    /// <summary>Null when the proxy has no such resource.</summary>
    public NamedResource? Find(string name)
    {
        var (low, high) = (0, _resources.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(_resources[middle].Name, name);
            if (order == 0)
                return _resources[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return null;
    }
}
