// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;

namespace Lateen.Mesh;

/// <summary>The names under which a client may call a host (what Kubernetes' DNS search path makes of them).</summary>
public static class HostNaming
{
    /// <summary>
    /// The full name first. For a service of the client's own namespace also its bare name; for any service of the mesh
    /// <c>name.namespace</c> and <c>name.namespace.svc</c>. Other hosts have just the one.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(string host, string clientNamespace)
    {
        const string suffix = "." + HostNames.ClusterDomain;
        if (!host.EndsWith(suffix, StringComparison.Ordinal) || host.StartsWith('*'))
            return [host];
        var parts = host[..^suffix.Length].Split('.');
        if (parts is not [var name, var ns, "svc"])
            return [host];
        return ns == clientNamespace
            ? [host, name, $"{name}.{ns}", $"{name}.{ns}.svc"]
            : [host, $"{name}.{ns}", $"{name}.{ns}.svc"];
    }
}
