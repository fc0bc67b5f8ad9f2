// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Observability;

/// <summary>
/// What workloads tell of their traffic: traces, metrics, access logs. The one with a selector wins over the namespace's, which wins
/// over the one in the root namespace; fields that are not there are as one level above.
/// </summary>
[Kind(
    "telemetry.istio.io",
    "telemetries",
    "v1",
    "v1alpha1",
    Name = "Telemetry",
    ShortNames = ["telemetry"],
    IsSpecOptional = true,
    IsNotInForce = true
)]
public sealed record TelemetryPolicy
{
    /// <summary>Workloads that it is for; the whole namespace when it is not there, the whole mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>A resource that it is for, instead of a selector.</summary>
    [Deprecated("use targetRefs")]
    public PolicyTarget? TargetRef { get; init; }

    /// <summary>Resources that it is for, instead of a selector; at most 16.</summary>
    public IReadOnlyList<PolicyTarget> TargetRefs { get; init; } = [];

    /// <summary>Traces.</summary>
    public IReadOnlyList<Tracing> Tracing { get; init; } = [];

    /// <summary>Metrics.</summary>
    public IReadOnlyList<Metrics> Metrics { get; init; } = [];

    /// <summary>Access logs.</summary>
    public IReadOnlyList<AccessLogging> AccessLogging { get; init; } = [];
}

/// <summary>Where it goes.</summary>
public sealed record ProviderRef
{
    /// <summary>As in <c>extensionProviders</c> of the mesh's configuration.</summary>
    [Required]
    public string Name { get; init; } = "";
}

/// <summary>Which side of a call it is about.</summary>
public enum WorkloadMode : byte
{
    /// <summary>Both.</summary>
    ClientAndServer,

    /// <summary>The workload that calls, and gateways.</summary>
    Client,

    /// <summary>The workload that is called.</summary>
    Server,
}
