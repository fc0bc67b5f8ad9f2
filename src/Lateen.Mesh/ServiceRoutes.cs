// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Precedence;

namespace Lateen.Mesh;

/// <summary>A VirtualService with every name in full: hosts, gateways and destinations mean the same to every reader.</summary>
public sealed class ServiceRoutes
{
    private RememberedExports _exports;

    internal ServiceRoutes(ConfigResource<VirtualService> resource)
    {
        var ns = resource.Namespace;
        Resource = resource;
        Hosts = resource.Spec.Hosts.Select(host => HostNames.Resolve(host, ns)).ToArray();
        Gateways = Qualify(resource.Spec.Gateways, ns);
        Http = resource.Spec.Http.Select(rule => Resolve(rule, ns)).ToArray();
        Tcp = resource.Spec.Tcp.Select(rule => Resolve(rule, ns)).ToArray();
        DependsOnSource = Http.Any(static rule => rule.Match.Any(static match => match.SourceLabels.Count > 0));
    }

    public ConfigKey Origin => Resource.Key;

    /// <summary>As it was written.</summary>
    internal ConfigResource<VirtualService> Resource { get; }

    public IReadOnlyList<string> Hosts { get; }

    /// <summary><c>namespace/name</c>, or <see cref="VirtualService.Mesh"/>.</summary>
    public IReadOnlyList<string> Gateways { get; }

    public IReadOnlyList<HttpRule> Http { get; }

    public IReadOnlyList<TcpRule> Tcp { get; }

    /// <summary>Whether a rule asks for labels of the workload that calls, so that clients of one namespace may differ.</summary>
    public bool DependsOnSource { get; }

    internal Exports ExportsBy(ExportDefaults defaults) => _exports.Of(Resource, defaults);

    private static HttpRule Resolve(HttpRule rule, string ns) =>
        rule with
        {
            Match = rule.Match.Select(match => match with { Gateways = Qualify(match.Gateways, ns) }).ToArray(),
            Route = rule.Route.Select(share => share with { Destination = Resolve(share.Destination, ns) }).ToArray(),
        };

    private static TcpRule Resolve(TcpRule rule, string ns) =>
        rule with
        {
            Match = rule.Match.Select(match => match with { Gateways = Qualify(match.Gateways, ns) }).ToArray(),
            Route = rule.Route.Select(share => share with { Destination = Resolve(share.Destination, ns) }).ToArray(),
        };

    private static Destination Resolve(Destination destination, string ns) =>
        destination with
        {
            Host = HostNames.Resolve(destination.Host, ns),
        };

    private static string[] Qualify(IReadOnlyList<string> gateways, string ns) =>
        gateways.Select(name => name == VirtualService.Mesh ? name : HostNames.Qualify(name, ns)).ToArray();
}
