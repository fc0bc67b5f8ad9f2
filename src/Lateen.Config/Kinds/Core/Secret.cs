// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Core;

/// <summary>Keys, certificates, tokens. What is in it is never part of a message or a log.</summary>
[Kind("", "secrets", "v1", IsWhole = true, IsNotInForce = true)]
public sealed record Secret
{
    /// <summary><c>kubernetes.io/tls</c> for <c>tls.crt</c> and <c>tls.key</c>; Opaque otherwise.</summary>
    public string Type { get; init; } = "Opaque";

    /// <summary>Name → content in base64.</summary>
    public IReadOnlyDictionary<string, byte[]> Data { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Name → content as it is; wins over data.</summary>
    public IReadOnlyDictionary<string, string> StringData { get; init; } = new Dictionary<string, string>();

    /// <summary>It may not be changed any more.</summary>
    public bool? Immutable { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "***";
}

/// <summary>Settings, by name.</summary>
[Kind("", "configmaps", "v1", ShortNames = ["cm"], IsWhole = true, IsNotInForce = true)]
public sealed record ConfigMap
{
    /// <summary>Name → text.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>Name → content in base64.</summary>
    public IReadOnlyDictionary<string, byte[]> BinaryData { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>It may not be changed any more.</summary>
    public bool? Immutable { get; init; }
}

/// <summary>Who workloads are.</summary>
[Kind("", "serviceaccounts", "v1", ShortNames = ["sa"], IsWhole = true, IsNotInForce = true)]
public sealed record ServiceAccount
{
    /// <summary>Secrets that its workloads may mount.</summary>
    public IReadOnlyList<ObjectReference> Secrets { get; init; } = [];

    /// <summary>Secrets with credentials of registries.</summary>
    public IReadOnlyList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    /// <summary>Whether its workloads get a token.</summary>
    public bool? AutomountServiceAccountToken { get; init; }
}

/// <summary>Another object of the same namespace.</summary>
public sealed record LocalObjectReference
{
    /// <summary>Of the object.</summary>
    public string Name { get; init; } = "";
}
