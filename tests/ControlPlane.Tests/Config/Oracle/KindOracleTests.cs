// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Oracle;

/// <summary>
/// Every field of every kind, its type, its words and whether it must be there, against what independent packages say of Istio 1.29,
/// Gateway API 1.5 and Kubernetes.
/// </summary>
public sealed class KindOracleTests
{
    private const string Istio = "@kubernetes-models/istio";
    private const string GatewayApi = "@kubernetes-models/gateway-api";
    private const string Kubernetes = "kubernetes-models";
    private const string Machinery = "@kubernetes-models/apimachinery";

    private static readonly (string Package, string Version, string Integrity)[] s_packages =
    [
        (Istio, "3.0.1", "Ez+BM4WGjmkwQa4gSHuFKHZOha0fvwPOl3VZHgdUwBkO6FR08iDoLKFWM5WOoyMm3VbBnKGbWflsvNZ0BvoG6Q=="),
        (
            GatewayApi,
            "2.0.0",
            "e7SY7EkCGRHy5wHkaGhP32v7V1L+gBalfoqZDFDWn5k9Q7+IW6uz9jNWgOZ9R/Hv5NWyAFYaA01ET2qsysVt5A=="
        ),
        (
            Kubernetes,
            "5.1.0",
            "ym4Kiyr8BzGIWj4f853ytVYES1B8C1BdONRP5zodItPD1o//OEKuTwC5nFV3ZJtFGeMqOFbIYkpunSVXSlHS8g=="
        ),
        (
            Machinery,
            "3.0.2",
            "6Vbzr/tinxPBGGdfYjXiV9WPj8PEhyiqGJiWhXrsihK7h6glPj4HKUxZ0YwYXH/5uucm/NVef/xY3vZ4Crj1Fg=="
        ),
    ];

    /// <summary>Kinds that no package has, with where their facts come from.</summary>
    private static readonly Dictionary<(string Group, string Kind), string> s_notThere = new()
    {
        [("lateen.io", "Workload")] = "ours alone",
        [("extensions.istio.io", "TrafficExtension")] = "younger than the package",
    };

    [Fact]
    public async Task Every_field_is_as_others_have_it()
    {
        var declarations = await LoadAsync(TestContext.Current.CancellationToken);
        var comparison = new SchemaComparison(declarations);
        var unknown = new List<string>();
        foreach (var kind in KindCatalogue.All.Where(IsThere))
        {
            var isFound = false;
            foreach (var version in kind.Versions)
            {
                var file = FileOf(kind, version);
                if (declarations.Find(file) is not OracleObject resource)
                    continue;
                isFound = true;
                Compare(kind, resource, file, comparison);
            }
            if (!isFound)
                unknown.Add($"{kind.Group}/{kind.Name}");
        }
        Assert.Empty(unknown);
        Assert.True(comparison.Differences.Count == 0, string.Join('\n', comparison.Differences.Distinct()));
        Assert.Equal(
            KnownDifferences
                .Reasons.Keys.Where(static name => !name.StartsWith(nameof(ListMetadata), StringComparison.Ordinal))
                .Order(),
            comparison.UsedAllowances.Order()
        );
        Assert.InRange(comparison.Compared, 3000, int.MaxValue);
    }

    [Fact]
    public async Task Metadata_is_as_kubernetes_has_it()
    {
        var declarations = await LoadAsync(TestContext.Current.CancellationToken);
        var comparison = new SchemaComparison(declarations);
        foreach (
            var (type, name) in new[] { (typeof(ResourceMetadata), "ObjectMeta"), (typeof(ListMetadata), "ListMeta") }
        )
        {
            var file = $"{Machinery}/apis/meta/v1/{name}";
            comparison.Compare(SchemaBuilder.Of(type), declarations.Find(file)!, file, name);
        }
        Assert.True(comparison.Differences.Count == 0, string.Join('\n', comparison.Differences));
        Assert.InRange(comparison.Compared, 15, int.MaxValue);
    }

    [Fact]
    public void The_reader_of_declarations_reads_what_they_may_say()
    {
        var type = Assert.IsType<OracleObject>(
            DeclarationParser.Parse(
                """
                import { A, B } from "./A.js";
                /** not { this } */
                export interface IThing {
                    "a": string;
                    /** nor; this */
                    "b"?: Array<"X" | "Y">;
                    "c"?: { [key: string]: number; };
                    "d"?: { "e": boolean; } & (Exclude<{ "e"?: boolean }, { "f": any }> | { "f": string; });
                    "g"?: A;
                    "h"?: number | string;
                    "i"?: 301 | 302;
                }
                """
            )
        );
        Assert.Equal(new OracleField(new OracleScalar("string"), true), type.Fields["a"]);
        Assert.Equal(
            ["X", "Y"],
            Assert.IsType<OracleWords>(Assert.IsType<OracleList>(type.Fields["b"].Type).Item).Words
        );
        Assert.Equal(new OracleField(new OracleMap(new OracleScalar("number")), false), type.Fields["c"]);
        Assert.Equal(["e"], Assert.IsType<OracleObject>(type.Fields["d"].Type).Fields.Keys);
        Assert.Equal(new OracleReference("A"), type.Fields["g"].Type);
        Assert.Equal(new OracleAny(), type.Fields["h"].Type);
        Assert.Equal(new OracleAny(), type.Fields["i"].Type);
    }

    private static bool IsThere(KindSchema kind) =>
        // Mixer is older than all packages: Istio 1.7 was its last.
        kind.Group != "config.istio.io"
        && !s_notThere.ContainsKey((kind.Group, kind.Name));

    private static string FileOf(KindSchema kind, string version) =>
        kind.Group switch
        {
            "" => $"{Kubernetes}/{version}/{kind.Name}",
            "gateway.networking.k8s.io" => $"{GatewayApi}/{kind.Group}/{version}/{kind.Name}",
            _ when kind.Group.EndsWith(".istio.io", StringComparison.Ordinal) =>
                $"{Istio}/{kind.Group}/{version}/{kind.Name}",
            _ => $"{Kubernetes}/{kind.Group}/{version}/{kind.Name}",
        };

    private static void Compare(KindSchema kind, OracleObject resource, string file, SchemaComparison comparison)
    {
        if (kind.IsWhole)
        {
            var content = resource
                .Fields.Where(static field => field.Key is not ("apiVersion" or "kind" or "metadata"))
                .ToDictionary();
            comparison.Compare(kind.Content, new OracleObject(content), file, kind.Name);
        }
        else
            comparison.Compare(kind.Content, resource.Fields["spec"].Type, file, kind.Name);
    }

    private static async Task<Declarations> LoadAsync(CancellationToken stop)
    {
        var packages = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (package, version, integrity) in s_packages)
            packages[package] = await NpmPackage.LoadAsync(package, version, integrity, stop);
        return new Declarations(packages);
    }
}
