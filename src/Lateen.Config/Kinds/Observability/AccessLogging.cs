// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Observability;

/// <summary>Access logs.</summary>
public sealed record AccessLogging
{
    /// <summary>Which side it is about; both when it is not there.</summary>
    public LogSelector? Match { get; init; }

    /// <summary>Where they go; the mesh's default providers when empty.</summary>
    public IReadOnlyList<ProviderRef> Providers { get; init; } = [];

    /// <summary>Turns them off; as one level above when it is not there.</summary>
    public bool? Disabled { get; init; }

    /// <summary>What is logged; everything when it is not there.</summary>
    public LogFilter? Filter { get; init; }
}

/// <summary>Which traffic is logged.</summary>
public sealed record LogSelector
{
    /// <summary>CLIENT_AND_SERVER by default.</summary>
    public WorkloadMode Mode { get; init; }
}

/// <summary>What is logged.</summary>
public sealed record LogFilter
{
    /// <summary>CEL over Envoy's attributes, which must hold: <c>response.code &gt;= 400</c>.</summary>
    public string Expression { get; init; } = "";
}
