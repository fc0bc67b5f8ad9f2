// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Config.Kinds.Admission;

/// <summary>What an API server asks before it keeps an object.</summary>
public interface IWebhookConfiguration
{
    /// <summary>Each with its own conditions.</summary>
    IReadOnlyList<Webhook> Webhooks { get; }
}

/// <summary>Who may change an object before it is kept: Istio's injector is one. What the mesh does not read is let through.</summary>
[Kind(
    "admissionregistration.k8s.io",
    "mutatingwebhookconfigurations",
    "v1",
    "v1beta1",
    IsWhole = true,
    IsClusterScoped = true,
    IsForAnalysisOnly = true
)]
[Open]
public sealed record MutatingWebhookConfiguration : IWebhookConfiguration
{
    /// <summary>Each with its own conditions.</summary>
    public IReadOnlyList<Webhook> Webhooks { get; init; } = [];
}

/// <summary>Who may refuse an object before it is kept: Istio's validation is one. What the mesh does not read is let through.</summary>
[Kind(
    "admissionregistration.k8s.io",
    "validatingwebhookconfigurations",
    "v1",
    "v1beta1",
    IsWhole = true,
    IsClusterScoped = true,
    IsForAnalysisOnly = true
)]
[Open]
public sealed record ValidatingWebhookConfiguration : IWebhookConfiguration
{
    /// <summary>Each with its own conditions.</summary>
    public IReadOnlyList<Webhook> Webhooks { get; init; } = [];
}
