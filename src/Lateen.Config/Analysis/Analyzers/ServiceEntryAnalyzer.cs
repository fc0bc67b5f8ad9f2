// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>
/// ServiceEntries: a connection without a host's name in it is told by its address alone, and a port of a host has one protocol.
/// </summary>
internal static class ServiceEntryAnalyzer
{
    public static void Run(AnalysisContext context)
    {
        var definitions = Definitions(context);
        foreach (var entry in context.Config.Of<ServiceEntry>())
        {
            CheckProtocols(entry, definitions, context);
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

    /// <summary>Those that some namespace sees both of. Which of the two goes for a port is for their age to say, and may change with it.</summary>
    private static void CheckProtocols(
        ConfigResource<ServiceEntry> entry,
        ILookup<(string Host, int Port), ConfigResource<ServiceEntry>> definitions,
        AnalysisContext context
    )
    {
        var exports = context.Exports.Of(entry);
        for (var i = 0; i < entry.Spec.Ports.Count; i++)
        {
            var port = entry.Spec.Ports[i];
            var others = entry
                .Spec.Hosts.SelectMany(host => definitions[(host.ToLowerInvariant(), port.Number)])
                .Where(other => other != entry && Differs(other.Spec, port) && context.Exports.Of(other).Meet(exports))
                .Select(static other => other.Key.ToString())
                .Distinct(StringComparer.Ordinal)
                .ToArray();
            if (others.Length > 0)
                context.Tell(
                    entry,
                    IstioMessage.ConflictingServiceEntryProtocol,
                    $"spec.ports[{i}].protocol",
                    $"is {port.Protocol} for port {port.Number}, and another protocol for the same host in {string.Join(", ", others)}",
                    "let all of them say the same"
                );
        }
    }

    private static bool Differs(ServiceEntry other, Port port) =>
        other.Ports.Any(same =>
            same.Number == port.Number && !same.Protocol.Equals(port.Protocol, StringComparison.OrdinalIgnoreCase)
        );

    private static ILookup<(string Host, int Port), ConfigResource<ServiceEntry>> Definitions(
        AnalysisContext context
    ) =>
        (
            from entry in context.Config.Of<ServiceEntry>()
            from host in entry.Spec.Hosts
            from port in entry.Spec.Ports
            select (Key: (host.ToLowerInvariant(), port.Number), Entry: entry)
        ).ToLookup(static definition => definition.Key, static definition => definition.Entry);
}
