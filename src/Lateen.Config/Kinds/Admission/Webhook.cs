// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Admission;

/// <summary>Whom an API server asks, and of which objects.</summary>
[Open]
public sealed record Webhook
{
    /// <summary>Unique in the configuration.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where it is.</summary>
    public WebhookClient ClientConfig { get; init; } = new();

    /// <summary>Namespaces whose objects it is asked of; all by default.</summary>
    public LabelSelection? NamespaceSelector { get; init; }

    /// <summary>Objects that it is asked of; all by default.</summary>
    public LabelSelection? ObjectSelector { get; init; }
}

/// <summary>Where a webhook is.</summary>
[Open]
public sealed record WebhookClient
{
    /// <summary>Its URL, where it is outside of the cluster.</summary>
    public string? Url { get; init; }

    /// <summary>Its service, where it is in the cluster.</summary>
    public WebhookService? Service { get; init; }
}

/// <summary>A service of the cluster.</summary>
[Open]
public sealed record WebhookService
{
    /// <summary>Of the service.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of the service.</summary>
    public string Namespace { get; init; } = "";
}
