// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Config;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Mesh;

/// <summary>Configuration and endpoints → <see cref="MeshSnapshot"/>. Pure: the previous snapshot only saves work.</summary>
public static class MeshBuilder
{
    private static readonly ConditionalWeakTable<ConfigResource<VirtualService>, ServiceRoutes> s_routes = new();

    /// <summary>Services of ServiceEntries that list their endpoints, one for each host: nothing but the resource decides about them.</summary>
    private static readonly ConditionalWeakTable<ConfigResource<ServiceEntry>, MeshService[]> s_listed = new();

    /// <param name="previous">The snapshot in force; what did not change since is taken from it.</param>
    public static MeshSnapshot Build(
        ConfigSnapshot config,
        EndpointSnapshot endpoints,
        MeshConfig mesh,
        MeshSnapshot? previous = null
    )
    {
        // Equal settings stay the same object, since derived things are found again by reference.
        if (previous is not null && previous.Config == mesh)
            mesh = previous.Config;
        var derivations = new Derivations(previous?.Derivations);
        previous?.Derivations.ForgetOlder();
        var index = new LabelIndex(endpoints.Endpoints);
        return new MeshSnapshot(
            config.Revision,
            mesh,
            new ServiceIndex(Services(config, index, derivations), mesh.Exports),
            config
                .Of<VirtualService>()
                .Select(static resource => s_routes.GetValue(resource, static key => new ServiceRoutes(key)))
                .ToArray(),
            new DestinationPolicies(config, mesh, derivations),
            config.Of<Gateway>().ToArray(),
            derivations
        );
    }

    /// <summary>Services first, then the oldest.</summary>
    private static List<MeshService> Services(ConfigSnapshot config, LabelIndex index, Derivations derivations)
    {
        var services = new List<MeshService>();
        foreach (var resource in config.Of<Service>())
            services.Add(FromService(resource, index, derivations));
        foreach (var resource in config.Of<ServiceEntry>())
            services.AddRange(FromServiceEntry(resource, index, derivations));
        return services;
    }

    private static MeshService FromService(ConfigResource<Service> resource, LabelIndex index, Derivations derivations)
    {
        var endpoints = index.Select(resource.Namespace, resource.Spec.Selector);
        return derivations.Of(
            "service",
            [resource, .. endpoints],
            () =>
                new MeshService
                {
                    Host = HostNames.OfService(resource.Name, resource.Namespace),
                    Name = resource.Name,
                    Namespace = resource.Namespace,
                    Resource = resource,
                    Ports = resource.Spec.Ports.Select(MeshPort.From).ToArray(),
                    Selector = resource.Spec.Selector,
                    Endpoints = endpoints,
                }
        );
    }

    private static IEnumerable<MeshService> FromServiceEntry(
        ConfigResource<ServiceEntry> resource,
        LabelIndex index,
        Derivations derivations
    )
    {
        if (resource.Spec.WorkloadSelector is not { } selector)
            return s_listed.GetValue(resource, Listed);
        var endpoints = index.Select(resource.Namespace, selector.Labels);
        return resource.Spec.Hosts.Select(host =>
            derivations.Of(
                "service entry",
                [resource, host, .. endpoints],
                () => FromServiceEntry(resource, host, endpoints)
            )
        );
    }

    private static MeshService[] Listed(ConfigResource<ServiceEntry> resource)
    {
        var endpoints = ListedEndpoints(resource);
        return resource.Spec.Hosts.Select(host => FromServiceEntry(resource, host, endpoints)).ToArray();
    }

    private static MeshService FromServiceEntry(
        ConfigResource<ServiceEntry> resource,
        string host,
        IReadOnlyList<WorkloadEndpoint> endpoints
    )
    {
        var entry = resource.Spec;
        return new MeshService
        {
            Host = host,
            Name = host,
            Namespace = resource.Namespace,
            Resource = resource,
            Ports = entry.Ports.Select(MeshPort.From).ToArray(),
            Resolution = entry.Resolution == ServiceResolution.DnsRoundRobin ? ServiceResolution.Dns : entry.Resolution,
            IsExternal = entry.Location == ServiceLocation.MeshExternal,
            Selector = entry.WorkloadSelector?.Labels ?? new Dictionary<string, string>(),
            Endpoints = endpoints.Count == 0 ? ItselfByDns(resource, host) : endpoints,
        };
    }

    private static WorkloadEndpoint[] ListedEndpoints(ConfigResource<ServiceEntry> resource) =>
        resource
            .Spec.Endpoints.Select(
                (entry, i) =>
                    WorkloadEndpoint.From(
                        entry,
                        $"{resource.Name}-{i}",
                        resource.Namespace,
                        new Dictionary<string, string>()
                    )
            )
            .ToArray();

    /// <summary>A host that resolves by DNS and lists no endpoints is its own one.</summary>
    private static WorkloadEndpoint[] ItselfByDns(ConfigResource<ServiceEntry> resource, string host) =>
        resource.Spec
            is { Resolution: ServiceResolution.Dns or ServiceResolution.DnsRoundRobin, WorkloadSelector: null }
        && !host.StartsWith('*')
            ?
            [
                new WorkloadEndpoint
                {
                    Name = resource.Name,
                    Namespace = resource.Namespace,
                    Address = host,
                },
            ]
            : [];
}
