// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>A name for a set of workloads.</summary>
[Kind("", "services", "v1", ShortNames = ["svc"])]
public sealed record Service
{
    /// <summary>Its ports.</summary>
    [ListKeys("port", "protocol")]
    public IReadOnlyList<ServicePort> Ports { get; init; } = [];

    /// <summary>Labels of its workloads; empty selects none.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();

    /// <summary>Its virtual address; <c>None</c> for a headless service.</summary>
    [Word("clusterIP")]
    public string ClusterIP { get; init; } = "";

    /// <summary>Its virtual addresses, one for each family.</summary>
    [Word("clusterIPs")]
    public IReadOnlyList<string> ClusterIPs { get; init; } = [];

    /// <summary>ClusterIP by default, NodePort, LoadBalancer or ExternalName.</summary>
    public string Type { get; init; } = "ClusterIP";

    /// <summary>DNS name that an ExternalName service stands for.</summary>
    public string ExternalName { get; init; } = "";

    /// <summary>Addresses outside of the cluster that lead to it.</summary>
    [Word("externalIPs")]
    public IReadOnlyList<string> ExternalIPs { get; init; } = [];

    /// <summary>Whether workloads count that are not ready.</summary>
    public bool PublishNotReadyAddresses { get; init; }

    /// <summary>Which workloads are preferred: PreferClose and its like.</summary>
    public string TrafficDistribution { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public string SessionAffinity { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public JsonObject? SessionAffinityConfig { get; init; }

    /// <summary>IPv4 and IPv6, in the order of the addresses.</summary>
    public IReadOnlyList<string> IpFamilies { get; init; } = [];

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public string IpFamilyPolicy { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public string InternalTrafficPolicy { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public string ExternalTrafficPolicy { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    [Word("loadBalancerIP")]
    public string LoadBalancerIP { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public string LoadBalancerClass { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public IReadOnlyList<string> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public bool? AllocateLoadBalancerNodePorts { get; init; }

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public int? HealthCheckNodePort { get; init; }
}

/// <summary>A port of a service.</summary>
public sealed record ServicePort
{
    /// <summary>Its first word may say the protocol: <c>http-web</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>The workload's port, by number or name; the same number when it is not there.</summary>
    public IntOrText? TargetPort { get; init; }

    /// <summary>TCP or UDP.</summary>
    public string Protocol { get; init; } = "TCP";

    /// <summary>The protocol, before what the name says.</summary>
    public string AppProtocol { get; init; } = "";

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public int? NodePort { get; init; }
}
