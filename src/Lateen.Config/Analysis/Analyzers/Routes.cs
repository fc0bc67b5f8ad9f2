// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Walks over VirtualServices.</summary>
internal static class Routes
{
    /// <summary>Every destination, with the path to it; copies included.</summary>
    public static IEnumerable<(string Field, Destination Destination)> DestinationsOf(VirtualService service)
    {
        for (var i = 0; i < service.Http.Count; i++)
        {
            var rule = service.Http[i];
            for (var j = 0; j < rule.Route.Count; j++)
                yield return ($"spec.http[{i}].route[{j}].destination", rule.Route[j].Destination);
            if (rule.Mirror is not null)
                yield return ($"spec.http[{i}].mirror", rule.Mirror);
            for (var j = 0; j < rule.Mirrors.Count; j++)
                yield return ($"spec.http[{i}].mirrors[{j}].destination", rule.Mirrors[j].Destination);
        }
        for (var i = 0; i < service.Tls.Count; i++)
        {
            for (var j = 0; j < service.Tls[i].Route.Count; j++)
                yield return ($"spec.tls[{i}].route[{j}].destination", service.Tls[i].Route[j].Destination);
        }
        for (var i = 0; i < service.Tcp.Count; i++)
        {
            for (var j = 0; j < service.Tcp[i].Route.Count; j++)
                yield return ($"spec.tcp[{i}].route[{j}].destination", service.Tcp[i].Route[j].Destination);
        }
    }
}
