// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.ControlPlane.ResourceApi.Security;
using Lateen.Stores.Etcd;
using Lateen.Stores.Kubernetes;
using Lateen.Stores.Sqlite;

namespace Lateen.ControlPlane.ResourceApi;

/// <summary>A store as <c>--store</c> names it.</summary>
public static class StoreLocation
{
    public const string Memory = "memory";
    public const string Sqlite = "sqlite";
    public const string Kubernetes = "kubernetes";
    private const string Etcd = "etcd://";

    /// <summary>What can be written, for messages.</summary>
    public const string Forms = "sqlite, sqlite:FILE, etcd://HOST:PORT, kubernetes or memory";

    /// <param name="text">All but <see cref="Kubernetes"/>, which <see cref="OpenCluster"/> opens.</param>
    /// <param name="data">Directory where a file is kept that has no name of its own.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be opened.</exception>
    public static IResourceStore Open(string text, string data, TimeProvider time)
    {
        if (text == Memory)
            return new MemoryStore();
        if (text.StartsWith(Etcd, StringComparison.Ordinal))
            return new EtcdStore(EtcdOptions.Parse(text), time);
        if (text == Sqlite)
        {
            // There are secrets in it.
            KeyFiles.CreateDirectory(data);
            return OpenFile(Path.Combine(data, "store.db"));
        }
        if (text.StartsWith($"{Sqlite}:", StringComparison.Ordinal) && text.Length > Sqlite.Length + 1)
            return OpenFile(text[(Sqlite.Length + 1)..]);
        throw new FormatException($"\"{text}\" is no store; use {Forms}");
    }

    /// <summary>The API server of a cluster.</summary>
    /// <param name="kubeconfig">Null: as <see cref="KubernetesCluster"/> finds it.</param>
    /// <param name="context">Null for the current one.</param>
    /// <exception cref="FormatException">There is no cluster; the message says why.</exception>
    public static IResourceStore OpenCluster(string? kubeconfig, string? context, TimeProvider time) =>
        KubernetesCluster.Open(kubeconfig, context, time);

    private static SqliteStore OpenFile(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
            Directory.CreateDirectory(directory);
        return SqliteStore.Open(path);
    }
}
