// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config;

/// <summary>Short and full names of services.</summary>
public static class HostNames
{
    /// <summary>DNS domain of the mesh's own services.</summary>
    public const string ClusterDomain = "cluster.local";

    /// <summary>As <c>reviews.default.svc.cluster.local</c>.</summary>
    public static string OfService(string name, string ns) => $"{name}.{ns}.svc.{ClusterDomain}";

    /// <summary>A name without dots is short for the service of that name in the namespace that says it (Istio's rule).</summary>
    public static string Resolve(string host, string ns) =>
        host.Contains('.') || host == "*" ? host : OfService(host, ns);

    /// <summary><c>name</c> or <c>namespace/name</c> as the latter.</summary>
    public static string Qualify(string name, string ns) => name.Contains('/') ? name : $"{ns}/{name}";
}
