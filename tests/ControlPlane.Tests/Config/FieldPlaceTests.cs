// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Analysis;
using Lateen.Config.Decoding;
using Lateen.Config.Sources;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

/// <summary>What analysis and references find is told at the field: code and place of each finding, as the text has it.</summary>
public class FieldPlaceTests
{
    private const string Route = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: web, namespace: shop}
        spec:
          hosts: [web.example.com]
          http:
          - match: [{uri: {prefix: /a}}]
            route:
            - destination: {host: nowhere.example.com}
              weight: 1
            - destination:
                host: elsewhere.example.com
              weight: 1

        """;

    private const string Annotated = """
        apiVersion: v1
        kind: Service
        metadata:
          name: db
          namespace: shop
          annotations:
            networking.istio.io: first
            networking.istio.io/exportTo: "."
        spec:
          ports: [{name: tcp, port: 1}]

        """;

    public static TheoryData<string, string, string> Findings =>
        new()
        {
            { "nested lists", Route, "IST0101 9:27 + IST0101 12:15" },
            {
                "behind another document",
                $"# One.\n{Annotated}---\n{Route}",
                "IST0136 9:35 + IST0101 21:27 + IST0101 24:15"
            },
            { "a key with dots, of which another begins so", Annotated, "IST0136 8:35" },
            {
                "flow style",
                "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web, namespace: shop},\n"
                    + " spec: {hosts: [a.example.com], http: [{route: [{destination: {host: nowhere.example.com}}]}]}}",
                "IST0101 2:70"
            },
            {
                "JSON",
                """
                    {
                      "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                      "metadata": {"name": "web", "namespace": "shop"},
                      "spec": {
                        "hosts": ["a.example.com"],
                        "http": [{"route": [
                          {"destination": {"host": "nowhere.example.com"}}
                        ]}]
                      }
                    }
                    """,
                "IST0101 7:32"
            },
            {
                "an item of a List",
                "apiVersion: v1\nkind: List\nitems:\n- "
                    + Route.TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal),
                "IST0101 12:29 + IST0101 15:17"
            },
            {
                "a Gateway's second server",
                """
                    apiVersion: networking.istio.io/v1
                    kind: Gateway
                    metadata: {name: edge, namespace: shop}
                    spec:
                      selector: {istio: ingress}
                      servers:
                      - port: {number: 80, name: http, protocol: HTTP}
                        hosts: [a.example.com]
                      - port: {number: 443, name: https, protocol: HTTPS}
                        hosts: [a.example.com]
                        tls: {mode: SIMPLE, credentialName: c}
                    ---
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: other, namespace: shop}
                    """,
                "IST0101 11:10"
            },
            {
                "a mapping: its first key",
                """
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: db, namespace: shop}
                    spec:
                      host: db.example.com
                      trafficPolicy:
                        tls:
                          mode: SIMPLE
                    """,
                "IST0128 8:7"
            },
        };

    [Theory]
    [MemberData(nameof(Findings))]
    public void A_finding_is_told_where_its_field_stands(string name, string text, string expected)
    {
        var decoded = ResourceDecoder.Decode("mesh.yaml", text);
        var found = MeshAnalysis.Run(new ConfigSnapshot(1, decoded.Resources, []));
        var told = FieldPlaces.Find(found, source => source == "mesh.yaml" ? text : null);
        var places = told.Select(static problem => $"{problem.Code} {problem.Where.Line}:{problem.Where.Column}");
        Assert.True(
            expected == string.Join(" + ", places),
            $"{name}: expected {expected}, found\n{string.Join("\n", told)}"
        );
    }

    /// <summary>A text that is gone, or is another one by now, and what has no lines: nothing is invented.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("- {")]
    [InlineData("\n\nkind: Other\n")]
    public void Where_the_text_does_not_say_it_the_place_stays(string? text)
    {
        var problem = new Problem(
            "LT0301",
            Severity.Error,
            new SourceLocation("a.yaml", 1, 1),
            "X a/b",
            "spec.x[0]",
            ""
        );
        Problem[] problems =
        [
            problem,
            problem with
            {
                Where = new SourceLocation("store"),
            },
            problem with
            {
                Field = "",
            },
        ];
        Assert.Equal(problems, FieldPlaces.Find(problems, _ => text));
    }

    [Theory]
    [InlineData("spec.a[1].b", 4)]
    [InlineData("spec.a[2].b", 2)]
    [InlineData("spec.a[-1]", 2)]
    [InlineData("spec.a[", 2)]
    [InlineData("spec.a]", 2)]
    [InlineData("spec.ab", 2)]
    [InlineData("spec[0]", 2)]
    [InlineData("status", 1)]
    public void A_path_is_followed_as_far_as_it_goes(string field, int line)
    {
        const string Text = "spec:\n  a:\n  - {b: 1}\n  - {b: 2}\n";
        var problem = new Problem("LT0301", Severity.Error, new SourceLocation("a.yaml", 1, 1), "", field, "");
        // A list begins with its first item.
        var found = Assert.Single(FieldPlaces.Find([problem], _ => Text)).Where.Line;
        Assert.Equal(line == 2 && field.StartsWith("spec.a[", StringComparison.Ordinal) ? 3 : line, found);
    }

    [Fact]
    public void What_a_source_of_files_tells_is_at_the_field()
    {
        var directory = Directory.CreateTempSubdirectory("lateen-places");
        try
        {
            var file = Path.Combine(directory.FullName, "route.yaml");
            File.WriteAllText(file, Route.Replace("nowhere.example.com", "x, subset: v9", StringComparison.Ordinal));
            using var source = ConfigSource.OfFiles([directory.FullName]);
            IReadOnlyList<Problem> told = [];
            source.Changed += (_, problems) => told = problems;
            source.Load();
            Assert.Equal(
                [("LT0312", new SourceLocation(file, 9, 38))],
                told.Where(static problem => problem.Field.EndsWith("subset", StringComparison.Ordinal))
                    .Select(static problem => (problem.Code, problem.Where))
            );
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
