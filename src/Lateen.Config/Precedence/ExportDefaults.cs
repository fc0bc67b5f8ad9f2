// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Precedence;

/// <summary>Who sees resources that do not say it: Istio's <c>default…ExportTo</c> of the mesh, <c>*</c> each.</summary>
public sealed record ExportDefaults
{
    private const string ServiceAnnotation = "networking.istio.io/exportTo";

    /// <summary>Istio's.</summary>
    public static ExportDefaults Public { get; } = new();

    /// <summary>Services and ServiceEntries: <c>defaultServiceExportTo</c>.</summary>
    public DefaultExport Services { get; init; }

    /// <summary><c>defaultVirtualServiceExportTo</c>.</summary>
    public DefaultExport VirtualServices { get; init; }

    /// <summary><c>defaultDestinationRuleExportTo</c>.</summary>
    public DefaultExport DestinationRules { get; init; }

    /// <summary>A Service says it in the annotation <c>networking.istio.io/exportTo</c>, with commas between the namespaces.</summary>
    public Exports Of(ConfigResource<Service> service) =>
        Exports.Of(
            service.Metadata.Annotations.TryGetValue(ServiceAnnotation, out var words)
                ? words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : [],
            service.Namespace,
            Services
        );

    /// <summary>Kinds that have no exports are for everybody.</summary>
    public Exports Of(ConfigResource resource) =>
        resource switch
        {
            ConfigResource<Service> service => Of(service),
            ConfigResource<ServiceEntry> entry => Of(entry),
            ConfigResource<VirtualService> service => Of(service),
            ConfigResource<DestinationRule> rule => Of(rule),
            _ => Exports.Everybody,
        };

    public Exports Of(ConfigResource<ServiceEntry> entry) => Exports.Of(entry.Spec.ExportTo, entry.Namespace, Services);

    public Exports Of(ConfigResource<VirtualService> service) =>
        Exports.Of(service.Spec.ExportTo, service.Namespace, VirtualServices);

    /// <summary>One that selects workloads does so in its own namespace alone.</summary>
    public Exports Of(ConfigResource<DestinationRule> rule) =>
        rule.Spec.WorkloadSelector is null
            ? Exports.Of(rule.Spec.ExportTo, rule.Namespace, DestinationRules)
            : Exports.Only(rule.Namespace);
}
