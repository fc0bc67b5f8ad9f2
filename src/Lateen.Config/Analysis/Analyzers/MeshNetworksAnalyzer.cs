// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Networks of the mesh, as in the ConfigMap <c>istio</c>: their clusters must be known.</summary>
internal static class MeshNetworksAnalyzer
{
    private const string MapName = "istio";
    private const string Key = "meshNetworks";
    private const string RemoteCluster = "istio/multiCluster";

    /// <summary>Registries that every control plane has, by Istio's names.</summary>
    private static readonly string[] s_registries = ["Mock", "Kubernetes", "External"];

    public static void Run(AnalysisContext context)
    {
        foreach (var map in context.Config.Of<ConfigMap>())
        {
            if (
                map.Namespace == context.RootNamespace
                && map.Name == MapName
                && map.Spec.Data.TryGetValue(Key, out var text)
            )
                Check(map, text, context);
        }
    }

    private static void Check(ConfigResource<ConfigMap> map, string text, AnalysisContext context)
    {
        var decoded = MeshDecoder.Networks(map.Key.ToString(), text);
        foreach (var problem in decoded.Problems)
            context.Tell(
                problem with
                {
                    Where = map.At,
                    Field = $"data.{Key}",
                    Subject = map.Key.ToString(),
                    Message = Inside(problem.Field, problem.Message),
                }
            );
        var known = context
            .Config.Of<Secret>()
            .Where(static secret => secret.Metadata.Labels.GetValueOrDefault(RemoteCluster) == "true")
            .SelectMany(static secret => secret.Spec.Data.Keys.Concat(secret.Spec.StringData.Keys))
            .Concat(s_registries)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (name, network) in decoded.Content?.Networks ?? new Dictionary<string, Kinds.MeshWide.Network>())
        {
            for (var i = 0; i < network.Endpoints.Count; i++)
            {
                if (network.Endpoints[i].FromRegistry is { } registry && !known.Contains(registry))
                    context.Tell(
                        map,
                        IstioMessage.UnknownMeshNetworksServiceRegistry,
                        $"data.{Key}",
                        Inside(
                            $"networks.{name}.endpoints[{i}].fromRegistry",
                            $"no cluster is called {registry}, so nothing is in the network {name} by it"
                        ),
                        $"check the name, or add the Secret of the cluster, with the label {RemoteCluster}=true"
                    );
            }
        }
    }

    private static string Inside(string field, string what) => field.Length == 0 ? what : $"{field}: {what}";
}
