// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>ServiceEntries: a connection without a host's name in it is told by its address alone.</summary>
internal static class ServiceEntryAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        foreach (var entry in context.Config.Of<ServiceEntry>())
        {
            if (entry.Spec.Addresses.Count > 0 || entry.Spec.Resolution == ServiceResolution.None)
                continue;
            for (var i = 0; i < entry.Spec.Ports.Count; i++)
            {
                if (entry.Spec.Ports[i].Protocol.ToUpperInvariant() is "TCP" or "")
                    context.Tell(
                        entry,
                        IstioMessage.ServiceEntryAddressesRequired,
                        $"spec.ports[{i}].protocol",
                        "is TCP, and without addresses its connections cannot be told from others on this port",
                        "add addresses, or say HTTP or TLS"
                    );
            }
        }
    }
}
