// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Kinds;

/// <summary>A name for a set of workloads (Kubernetes <c>v1 Service</c>).</summary>
public sealed record Service
{
    public IReadOnlyList<ServicePort> Ports { get; init; } = [];

    /// <summary>Labels of its workloads; empty selects none.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();
}

/// <summary>A port of a service or gateway.</summary>
/// <param name="Protocol">In upper case; from appProtocol, else from the name's first word, else what the kind says (Istio's protocol selection).</param>
/// <param name="TargetPort">The workload's port; 0 for the same number.</param>
/// <param name="TargetName">The workload's port by its name; empty when it has a number.</param>
public sealed record ServicePort(string Name, int Number, string Protocol, int TargetPort = 0, string TargetName = "")
{
    /// <summary>Whether requests on it are HTTP of some kind.</summary>
    public bool IsHttp => Protocol is "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB";
}
