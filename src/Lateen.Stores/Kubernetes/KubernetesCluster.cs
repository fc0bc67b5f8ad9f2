// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using k8s;
using k8s.Exceptions;
using Lateen.Config.Schemas;
using YamlDotNet.Core;

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
    public static KubernetesStore Open(string? kubeconfig, string? context)
    {
        var files = FilesOf(kubeconfig);
        var source = files.Length > 0 ? string.Join(", ", files.Select(static file => file.FullName)) : "this pod";
        try
        {
            return new KubernetesStore(Find(files, context), KindCatalogue.All);
        }
        catch (NullReferenceException failure)
        {
            // The client does not look whether what it needs is there, as in an empty file.
            throw Wrong(source, "it is no kubeconfig", failure);
        }
        catch (Exception failure)
            when (failure
                    is KubeConfigException
                        or IOException
                        or UnauthorizedAccessException
                        or CryptographicException
                        or UriFormatException
                        or InvalidOperationException
                        or YamlException
                || (failure is FormatException && failure is not NoClusterException)
            )
        {
            throw Wrong(source, failure.Message.TrimEnd('.'), failure);
        }
    }

    private static KubernetesClientConfiguration Find(FileInfo[] files, string? context)
    {
        if (files.Length > 1 && context is null)
            // The client's own way to merge those of KUBECONFIG.
            return KubernetesClientConfiguration.BuildDefaultConfig();
        if (files.Length > 0)
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(
                Array.Find(files, file => context is not null && HasContext(file, context)) ?? files[0],
                context
            );
        if (context is not null)
            throw new NoClusterException(
                $"there is no kubeconfig that could have a context \"{context}\"; name one with --kubeconfig"
            );
        if (KubernetesClientConfiguration.IsInCluster())
            return KubernetesClientConfiguration.InClusterConfig();
        throw new NoClusterException(
            $"there is no cluster: neither --kubeconfig nor {Variable} names a file, ~/.kube/config is not there, and this is no pod with a "
                + "service account"
        );
    }

    private static FormatException Wrong(string source, string why, Exception failure) =>
        new($"{source}: {why}; check --kubeconfig and --context", failure);

    private static bool HasContext(FileInfo file, string name) =>
        KubernetesClientConfiguration.LoadKubeConfig(file).Contexts?.Any(context => context.Name == name) == true;

    private static FileInfo[] FilesOf(string? kubeconfig)
    {
        if (kubeconfig is not null)
            return [new FileInfo(kubeconfig)];
        var named = (Environment.GetEnvironmentVariable(Variable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(static path => new FileInfo(path))
            // As kubectl: a list may name files that are not there.
            .Where(static file => file.Exists)
            .ToArray();
        if (named.Length > 0)
            return named;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var standard = new FileInfo(Path.Combine(home, ".kube", "config"));
        return standard.Exists ? [standard] : [];
    }

    /// <summary>Says already what is to be done.</summary>
    private sealed class NoClusterException(string message) : FormatException(message);
}
