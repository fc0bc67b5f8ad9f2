// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>A container of a pod.</summary>
[Open]
public sealed record Container
{
    /// <summary>Unique in the pod.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>What it runs.</summary>
    public string Image { get; init; } = "";

    /// <summary>Program, instead of the image's.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Arguments, instead of the image's.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Ports that it listens on, as far as somebody wrote them down.</summary>
    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    /// <summary>Its environment.</summary>
    public IReadOnlyList<EnvironmentVariable> Env { get; init; } = [];

    /// <summary>What it needs, and what it may use.</summary>
    public ContainerResources? Resources { get; init; }

    /// <summary>Whether it may be sent traffic.</summary>
    public ContainerProbe? ReadinessProbe { get; init; }

    /// <summary>Whether it must be started again.</summary>
    public ContainerProbe? LivenessProbe { get; init; }

    /// <summary>Whether it has started.</summary>
    public ContainerProbe? StartupProbe { get; init; }

    /// <summary>Always makes an init container run on beside the containers: a sidecar.</summary>
    public string RestartPolicy { get; init; } = "";

    /// <summary>Always, IfNotPresent or Never.</summary>
    public string ImagePullPolicy { get; init; } = "";

    /// <summary>Who it runs as, and what it may do.</summary>
    public ContainerSecurity? SecurityContext { get; init; }

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public JsonObject? Lifecycle { get; init; }

    /// <summary>Kubernetes' own; the mesh does not read it.</summary>
    public IReadOnlyList<JsonObject> VolumeMounts { get; init; } = [];
}

/// <summary>A port of a container.</summary>
[Open]
public sealed record ContainerPort
{
    /// <summary>1 to 65535.</summary>
    [Required, Word("containerPort"), Range(1, 65535)]
    public int Number { get; init; }

    /// <summary>What services call it in targetPort.</summary>
    public string Name { get; init; } = "";

    /// <summary>TCP, UDP or SCTP.</summary>
    public string Protocol { get; init; } = "TCP";

    /// <summary>The same port of the node.</summary>
    public int? HostPort { get; init; }
}

/// <summary>An environment variable.</summary>
[Open]
public sealed record EnvironmentVariable
{
    /// <summary>Of the variable.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>Its value.</summary>
    public string Value { get; init; } = "";

    /// <summary>Where its value comes from, instead.</summary>
    public JsonObject? ValueFrom { get; init; }
}

/// <summary>What a container needs, and what it may use.</summary>
[Open]
public sealed record ContainerResources
{
    /// <summary>What it needs, by resource: cpu, memory …</summary>
    public IReadOnlyDictionary<string, Quantity> Requests { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>What it may use, by resource; a proxy's worker threads go by <c>cpu</c>.</summary>
    public IReadOnlyDictionary<string, Quantity> Limits { get; init; } = new Dictionary<string, Quantity>();
}

/// <summary>Who a container runs as, and what it may do.</summary>
[Open]
public sealed record ContainerSecurity
{
    /// <summary>Its user; 1337 is the proxy's.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>Its group.</summary>
    public long? RunAsGroup { get; init; }

    /// <summary>Whether it may do everything.</summary>
    public bool? Privileged { get; init; }
}

/// <summary>A look at a container.</summary>
[Open]
public sealed record ContainerProbe
{
    /// <summary>A request must be answered with 200 to 399.</summary>
    public ContainerHttpProbe? HttpGet { get; init; }

    /// <summary>A connection must come about.</summary>
    public ContainerTcpProbe? TcpSocket { get; init; }

    /// <summary>gRPC's health service must say SERVING.</summary>
    public ContainerGrpcProbe? Grpc { get; init; }

    /// <summary>A command must end with 0.</summary>
    public JsonObject? Exec { get; init; }

    /// <summary>Seconds from the start until the first look.</summary>
    public int? InitialDelaySeconds { get; init; }

    /// <summary>Seconds between looks.</summary>
    public int? PeriodSeconds { get; init; }

    /// <summary>Seconds until a look has failed.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Good looks in a row after which all is well.</summary>
    public int? SuccessThreshold { get; init; }

    /// <summary>Failed looks in a row after which it is not.</summary>
    public int? FailureThreshold { get; init; }
}

/// <summary>A request.</summary>
[Open]
public sealed record ContainerHttpProbe
{
    /// <summary><c>/</c> when empty.</summary>
    public string Path { get; init; } = "";

    /// <summary>A port of the container, by number or name.</summary>
    [Required]
    public IntOrText? Port { get; init; }

    /// <summary>The pod's address when empty.</summary>
    public string Host { get; init; } = "";

    /// <summary>HTTP or HTTPS.</summary>
    public string Scheme { get; init; } = "";

    /// <summary>Headers of the request.</summary>
    public IReadOnlyList<JsonObject> HttpHeaders { get; init; } = [];
}

/// <summary>A connection.</summary>
[Open]
public sealed record ContainerTcpProbe
{
    /// <summary>A port of the container, by number or name.</summary>
    [Required]
    public IntOrText? Port { get; init; }

    /// <summary>The pod's address when empty.</summary>
    public string Host { get; init; } = "";
}

/// <summary>gRPC's health service.</summary>
[Open]
public sealed record ContainerGrpcProbe
{
    /// <summary>1 to 65535.</summary>
    [Required, Range(1, 65535)]
    public int Port { get; init; }

    /// <summary>Service that is asked for; the server as a whole when empty.</summary>
    public string Service { get; init; } = "";
}
