// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>Addresses of a service, under the service's name; EndpointSlices are read instead where there are any.</summary>
[Kind("", "endpoints", "v1", ShortNames = ["ep"], IsWhole = true, IsNotInForce = true)]
public sealed record Endpoints
{
    /// <summary>Each has all its addresses on all its ports.</summary>
    public IReadOnlyList<EndpointSubset> Subsets { get; init; } = [];
}

/// <summary>Addresses with the same ports.</summary>
public sealed record EndpointSubset
{
    /// <summary>Those that are ready.</summary>
    public IReadOnlyList<EndpointAddress> Addresses { get; init; } = [];

    /// <summary>Those that are not.</summary>
    public IReadOnlyList<EndpointAddress> NotReadyAddresses { get; init; } = [];

    /// <summary>Their ports.</summary>
    public IReadOnlyList<EndpointPort> Ports { get; init; } = [];
}

/// <summary>An address of a service.</summary>
public sealed record EndpointAddress
{
    /// <summary>The address.</summary>
    [Required]
    public string Ip { get; init; } = "";

    /// <summary>Its host name.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>The node that it is on.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>The pod that it is of.</summary>
    public ObjectReference? TargetRef { get; init; }
}

/// <summary>A port of endpoints.</summary>
public sealed record EndpointPort
{
    /// <summary>The service port's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>1 to 65535; any where it is not there.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    public string Protocol { get; init; } = "TCP";

    /// <summary>The protocol, before what the name says.</summary>
    public string AppProtocol { get; init; } = "";
}

/// <summary>Another object.</summary>
public sealed record ObjectReference
{
    /// <summary>Version and group of the object.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>Of the object.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Of the object.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Of the object.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of the object.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Of the object.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>A part of the object.</summary>
    public string FieldPath { get; init; } = "";
}
