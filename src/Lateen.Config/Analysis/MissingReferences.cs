// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>What one resource refers to that a configuration does not have. Pure, and of a whole snapshot: for single questions.</summary>
public static class MissingReferences
{
    /// <summary>Warnings; empty for kinds that refer to nothing that is looked for.</summary>
    public static IReadOnlyList<Problem> Of(ConfigResource resource, ConfigSnapshot config)
    {
        if (resource is not ConfigResource<VirtualService> service)
            return [];
        var missing = RouteReferences.Of(service).ToHashSet();
        Take(config.Of<Service>());
        Take(config.Of<ServiceEntry>());
        Take(config.Of<DestinationRule>());
        Take(config.Of<Gateway>());
        return [.. RouteReferences.ProblemsOf(service, reference => !missing.Contains(reference))];

        void Take(IEnumerable<ConfigResource> defining)
        {
            foreach (var other in defining)
            {
                if (missing.Count == 0)
                    return;
                missing.ExceptWith(Reference.DefinedBy(other));
            }
        }
    }
}
