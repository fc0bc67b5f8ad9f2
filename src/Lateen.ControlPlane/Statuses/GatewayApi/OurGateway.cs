// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Statuses;

namespace Lateen.ControlPlane.Statuses.GatewayApi;

/// <summary>A Gateway of a class of ours, with what there is to say of its listeners.</summary>
internal sealed class OurGateway
{
    public OurGateway(ConfigResource<KubernetesGateway> resource, ConfigSnapshot config)
    {
        Resource = resource;
        Listeners = resource.Spec.Listeners.Select(listener => new ListenerView(listener, resource, config)).ToList();
    }

    public ConfigResource<KubernetesGateway> Resource { get; }

    public IReadOnlyList<ListenerView> Listeners { get; }

    /// <summary>Of the Gateway itself, once it was read without a problem.</summary>
    public Condition Accepted
    {
        get
        {
            var strange = Resource.Spec.Addresses.FirstOrDefault(static address =>
                address.Type is not ("IPAddress" or "Hostname")
            );
            if (strange is not null)
                return GatewayWords.IsNot(
                    Condition.Accepted,
                    GatewayWords.UnsupportedAddress,
                    $"addresses of type {strange.Type} are not known; use IPAddress or Hostname"
                );
            var bad = Listeners.Where(static listener => !listener.IsValid).Select(static one => one.Name).ToList();
            if (bad.Count == 0)
                return GatewayWords.Is(Condition.Accepted, "in order");
            // What is in order is accepted beside what is not.
            return new Condition(
                Condition.Accepted,
                bad.Count < Listeners.Count,
                GatewayWords.ListenersNotValid,
                $"listeners that are not in order: {string.Join(", ", bad)}"
            );
        }
    }

    /// <summary>
    /// Where clients reach it: what leads to the Service in front of its proxies, which is the one that an address of type Hostname names, or that of
    /// its own name with its class behind it, as Istio makes them.
    /// </summary>
    public IReadOnlyList<(string Type, string Value)> Addresses(ConfigSnapshot config)
    {
        var named = Resource
            .Spec.Addresses.Where(static address => address.Type == "Hostname" && address.Value.Length > 0)
            .Select(address => HostNames.Resolve(address.Value, Resource.Namespace))
            .ToList();
        if (named.Count == 0)
            named.Add(HostNames.OfService($"{Resource.Name}-{Resource.Spec.GatewayClassName}", Resource.Namespace));
        return config
            .Of<Service>()
            .Where(service => named.Contains(HostNames.OfService(service.Name, service.Namespace)))
            .SelectMany(static service =>
                service.Spec.ExternalIPs.Count > 0
                    ? service.Spec.ExternalIPs.Select(static address => ("IPAddress", address))
                    : [("Hostname", HostNames.OfService(service.Name, service.Namespace))]
            )
            .ToList();
    }
}
