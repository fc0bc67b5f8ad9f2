// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Lateen.Config.Schemas;
using Lateen.Stores.Kubernetes.Access;

namespace Lateen.Stores.Kubernetes;

/// <summary>
/// Finds the cluster whose API server is the store, in the order of every client of Kubernetes: the kubeconfig that was named, those of the
/// environment variable KUBECONFIG, <c>~/.kube/config</c>, the service account of the pod that this runs in.
/// </summary>
public static class KubernetesCluster
{
    private const string Variable = "KUBECONFIG";

    /// <param name="kubeconfig">Null where none was named.</param>
    /// <param name="context">One of the kubeconfig's contexts; null for its current one.</param>
    /// <exception cref="FormatException">There is no cluster, or what is said about it makes no sense; the message says why.</exception>
    public static KubernetesStore Open(string? kubeconfig, string? context, TimeProvider time) =>
        new(Find(kubeconfig, context, ClusterSurroundings.OfProcess, time), KindCatalogue.All, time);

    /// <exception cref="FormatException">There is no cluster, or what is said about it makes no sense; the message says why.</exception>
    internal static ClusterAccess Find(
        string? kubeconfig,
        string? context,
        ClusterSurroundings surroundings,
        TimeProvider time
    )
    {
        var files = FilesOf(kubeconfig, surroundings);
        try
        {
            if (files.Length > 0)
            {
                var (cluster, user) = Kubeconfig.Load(files).Find(context);
                return KubeconfigCluster.Read(cluster, user, time);
            }
            if (context is null && PodAccount.Find(surroundings, time) is { } account)
                return account;
        }
        catch (Exception failure)
            when (failure is FormatException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            var source = files.Length > 0 ? string.Join(", ", files.Select(static file => file.FullName)) : "this pod";
            throw new FormatException(
                $"{source}: {failure.Message.TrimEnd('.')}; check --kubeconfig and --context",
                failure
            );
        }
        throw new FormatException(
            context is not null
                ? $"there is no kubeconfig that could have a context \"{context}\"; name one with --kubeconfig"
                : $"there is no cluster: neither --kubeconfig nor {Variable} names a file, ~/.kube/config is not there, and this is no pod "
                    + "with a service account"
        );
    }

    private static FileInfo[] FilesOf(string? kubeconfig, ClusterSurroundings surroundings)
    {
        if (kubeconfig is not null)
            return [new FileInfo(kubeconfig)];
        var named = (surroundings.Variable(Variable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(static path => new FileInfo(path))
            // As kubectl: a list may name files that are not there.
            .Where(static file => file.Exists)
            .ToArray();
        if (named.Length > 0)
            return named;
        var standard = new FileInfo(Path.Combine(surroundings.Home, ".kube", "config"));
        return standard.Exists ? [standard] : [];
    }
}
