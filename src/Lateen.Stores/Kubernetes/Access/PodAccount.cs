// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>The account of the pod that this runs in, as the kubelet puts it there.</summary>
internal static class PodAccount
{
    public const string Directory = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <summary>Null where this is no pod, or one without an account.</summary>
    /// <exception cref="FormatException">What the pod has makes no sense.</exception>
    /// <exception cref="IOException">The authority's certificate cannot be read.</exception>
    public static ClusterAccess? Find(ClusterSurroundings surroundings, TimeProvider time)
    {
        var token = Path.Combine(surroundings.AccountDirectory, "token");
        if (
            surroundings.Variable(HostVariable) is not { Length: > 0 } host
            || surroundings.Variable(PortVariable) is not { Length: > 0 } port
            || !File.Exists(token)
        )
            return null;
        // An address of IPv6 stands in the variable as it is.
        var authority = host.Contains(':') && host[0] != '[' ? $"[{host}]:{port}" : $"{host}:{port}";
        if (!Uri.TryCreate($"https://{authority}", UriKind.Absolute, out var server))
            throw new FormatException($"{HostVariable} and {PortVariable} are no address: {authority}");
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(surroundings.AccountDirectory, "ca.crt"));
        return new ClusterAccess(server, new TokenFileCredentials(token, time)) { Authorities = authorities };
    }
}

/// <summary>What a process finds around it.</summary>
/// <param name="Variable">A variable of the environment; null where it is not set.</param>
/// <param name="Home">The user's directory.</param>
/// <param name="AccountDirectory">Where the account of a pod is.</param>
internal sealed record ClusterSurroundings(Func<string, string?> Variable, string Home, string AccountDirectory)
{
    public static ClusterSurroundings OfProcess { get; } =
        new(
            Environment.GetEnvironmentVariable,
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            PodAccount.Directory
        );
}
