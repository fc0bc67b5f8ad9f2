// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Stats;

/// <summary>What Istio's metrics say of one end of a request. What is not known is <c>unknown</c>, as Istio has it.</summary>
public sealed record WorkloadLabels
{
    public const string Unknown = "unknown";

    /// <summary>An end that told nothing of itself.</summary>
    public static WorkloadLabels Nobody { get; } = new();

    public string Workload { get; init; } = Unknown;

    public string Namespace { get; init; } = Unknown;

    /// <summary>Label <c>app</c>.</summary>
    public string App { get; init; } = Unknown;

    /// <summary>Label <c>version</c>.</summary>
    public string Version { get; init; } = Unknown;

    /// <summary>Label <c>service.istio.io/canonical-name</c>, else the app, else the workload.</summary>
    public string CanonicalService { get; init; } = Unknown;

    /// <summary>Label <c>service.istio.io/canonical-revision</c>, else the version; <c>latest</c> by default.</summary>
    public string CanonicalRevision { get; init; } = "latest";

    public string Cluster { get; init; } = Unknown;

    /// <summary>Envoy's <c>node.cluster</c>, as <c>reviews.default</c>; no label.</summary>
    public string ServiceCluster { get; init; } = "";

    /// <summary>The proxy's own IP address; no label. Empty where it is not known.</summary>
    public string Address { get; init; } = "";

    /// <summary>SPIFFE identity of a connection with mutual TLS.</summary>
    public string Principal { get; init; } = Unknown;
}
