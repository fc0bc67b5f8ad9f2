// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace Lateen.Stores.Kubernetes;

/// <summary>Leases, by which control planes find each other. No configuration, so that no catalogue has them.</summary>
[Kind("coordination.k8s.io", "leases", "v1", Name = "Lease")]
internal sealed record LeaseKind;
