// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Listeners;
using Lateen.Proxy.TransportSockets;
using Lateen.Xds;

namespace Lateen.Proxy.Runtime;

/// <summary>What clusters and listeners, in force or warming, name. Only under the lock of the <see cref="ConfigStore"/>.</summary>
internal sealed class ResourceReferences(
    ResourceTable<ClusterSpec> clusters,
    ResourceTable<ListenerRuntime> listeners,
    Func<ClusterSpec, ClusterSockets> socketsOf
)
{
    /// <summary>Names of a type that the control plane is asked for.</summary>
    public SortedSet<string> NamesOf(string typeUrl)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (typeUrl == TypeUrls.Endpoints)
        {
            foreach (var (_, spec) in clusters.Values)
            {
                if (spec is { Kind: ClusterKind.Eds, EndpointsFile: null })
                    names.Add(spec.EndpointsName);
            }
        }
        else if (typeUrl == TypeUrls.Route)
        {
            foreach (var (_, listener) in listeners.Values)
                names.UnionWith(listener.RouteNames);
        }
        else if (typeUrl == TypeUrls.Secret)
        {
            AddSecretNames(names, fromAds: true);
        }
        return names;
    }

    /// <summary>Secrets that are left to the agent.</summary>
    public SortedSet<string> LocalSecretNames()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        AddSecretNames(names, fromAds: false);
        return names;
    }

    /// <summary>Secrets that servers of their own send.</summary>
    public HashSet<ServedSecret> ServedSecrets()
    {
        var secrets = new HashSet<ServedSecret>();
        foreach (var (_, spec) in clusters.Values)
            socketsOf(spec).AddServed(secrets);
        foreach (var (_, listener) in listeners.Values)
        {
            foreach (var chain in listener.Chains)
                chain.Socket.AddServed(secrets);
        }
        return secrets;
    }

    /// <summary>Files that endpoints and routes come from.</summary>
    public List<ResourceFile> Files()
    {
        var files = new List<ResourceFile>();
        foreach (var (_, spec) in clusters.Values)
        {
            if (spec is { Kind: ClusterKind.Eds, EndpointsFile: { } file })
                files.Add(file);
        }
        foreach (var (_, listener) in listeners.Values)
        {
            foreach (var manager in listener.ManagersByName)
            {
                if (manager.RoutesFile is { } file)
                    files.Add(file);
            }
        }
        return files;
    }

    private void AddSecretNames(SortedSet<string> names, bool fromAds)
    {
        foreach (var (_, spec) in clusters.Values)
            socketsOf(spec).AddSecretNames(names, fromAds);
        foreach (var (_, listener) in listeners.Values)
        {
            foreach (var chain in listener.Chains)
                chain.Socket.AddSecretNames(names, fromAds);
        }
    }
}
