// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Tables;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Objects;

public class ObjectTableTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    public static TheoryData<int, string> Ages =>
        new()
        {
            { -2, "<invalid>" },
            { -1, "0s" },
            { 0, "0s" },
            { 1, "1s" },
            { 119, "119s" },
            { 120, "2m" },
            { 121, "2m1s" },
            { 599, "9m59s" },
            { 600, "10m" },
            { 601, "10m" },
            { 3 * 3600 - 1, "179m" },
            { 3 * 3600, "3h" },
            { 3 * 3600 + 60, "3h1m" },
            { 8 * 3600 - 1, "7h59m" },
            { 8 * 3600, "8h" },
            { 48 * 3600 - 1, "47h" },
            { 48 * 3600, "2d" },
            { 49 * 3600, "2d1h" },
            { 8 * 86400 - 1, "7d23h" },
            { 8 * 86400, "8d" },
            { 2 * 365 * 86400 - 1, "729d" },
            { 2 * 365 * 86400, "2y" },
            { 2 * 365 * 86400 + 86400, "2y1d" },
            { 8 * 365 * 86400, "8y" },
        };

    /// <summary>Expression, and the first value it finds.</summary>
    public static TheoryData<string, string?> Expressions =>
        new()
        {
            { ".a", "1" },
            { ".b.c", "[\"x\"]" },
            { ".b.c[*]", "\"x\"" },
            { ".d[*].e", "2" },
            { """.d[?(@.type=="Q")].e""", "3" },
            { """.d[?(@.type=="Z")].e""", null },
            { ".x", null },
            { ".a.b", null },
            { ".a[*]", null },
            { ".b[*]", null },
            { ".n", null },
        };

    /// <summary>Group, kind, object, and its cells.</summary>
    public static TheoryData<string, string, string, string> Rows =>
        new()
        {
            {
                "networking.istio.io",
                "VirtualService",
                """{"spec":{"gateways":["edge"],"hosts":["a","b"]}}""",
                """["x","[\"edge\"]","[\"a\",\"b\"]","60m"]"""
            },
            { "networking.istio.io", "VirtualService", """{"spec":{}}""", """["x",null,null,"60m"]""" },
            { "networking.istio.io", "DestinationRule", """{"spec":{"host":"a"}}""", """["x","a","60m"]""" },
            { "networking.istio.io", "Gateway", """{"spec":{}}""", """["x","60m"]""" },
            {
                "networking.istio.io",
                "ServiceEntry",
                """{"spec":{"hosts":["a"],"location":"MESH_EXTERNAL","resolution":"DNS"}}""",
                """["x","[\"a\"]","MESH_EXTERNAL","DNS","60m"]"""
            },
            {
                "networking.istio.io",
                "WorkloadEntry",
                """{"spec":{"address":"1.1.1.1"}}""",
                """["x","60m","1.1.1.1"]"""
            },
            {
                "",
                "Service",
                """{"spec":{"ports":[{"port":80},{"port":53,"protocol":"UDP","nodePort":30000}],"selector":{"b":"2","a":"1"}}}""",
                """["x","ClusterIP","<none>","<none>","80/TCP,53:30000/UDP","60m","a=1,b=2"]"""
            },
            {
                "",
                "Service",
                """{"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1"},"status":{"loadBalancer":{"ingress":[{"ip":"1.1.1.1"},{"hostname":"h"}]}}}""",
                """["x","LoadBalancer","10.0.0.1","1.1.1.1,h","<none>","60m","<none>"]"""
            },
            // What is not as it should be is not there.
            {
                "",
                "Service",
                """{"spec":1,"status":[]}""",
                """["x","ClusterIP","<none>","<none>","<none>","60m","<none>"]"""
            },
        };

    [Theory, MemberData(nameof(Ages))]
    public void Ages_are_short(int seconds, string expected) =>
        Assert.Equal(expected, HumanDuration.Of(TimeSpan.FromSeconds(seconds)));

    [Theory, MemberData(nameof(Expressions))]
    public void Expressions_find_values(string expression, string? expected)
    {
        var item = JsonNode
            .Parse("""{"a":1,"b":{"c":["x"]},"d":[{"type":"P","e":2},{"type":"Q","e":3},4],"n":null}""")!
            .AsObject();
        Assert.Equal(expected, FieldExpression.Parse(expression).First(item)?.ToJsonString());
    }

    [Theory]
    [InlineData(".a[")]
    [InlineData(".a[0]")]
    [InlineData(".a[?(x)]")]
    public void Expressions_are_a_part_of_JSONPath(string expression) =>
        Assert.Throws<FormatException>(() => FieldExpression.Parse(expression));

    [Theory, MemberData(nameof(Rows))]
    public void Objects_have_the_columns_of_their_kind(string group, string kind, string item, string cells) =>
        AnyJson.Equal(JsonNode.Parse(cells), Table(group, kind, item, TableObjects.None)["rows"]![0]!["cells"]);

    [Fact]
    public void Every_kind_has_a_name_column_and_one_cell_for_each_column() =>
        Assert.All(
            KindCatalogue.All,
            static kind =>
            {
                var table = Table(kind.Group, kind.Name, "{}", TableObjects.Metadata);
                Assert.Equal("name", table["columnDefinitions"]![0]!["format"]!.GetValue<string>());
                Assert.Equal(table["columnDefinitions"]!.AsArray().Count, table["rows"]![0]!["cells"]!.AsArray().Count);
            }
        );

    [Theory]
    [InlineData(TableObjects.None, "null")]
    [InlineData(
        TableObjects.Metadata,
        """{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"x","creationTimestamp":"2026-01-01T00:00:00Z"}}"""
    )]
    [InlineData(
        TableObjects.Object,
        """{"spec":{"host":"a"},"metadata":{"name":"x","creationTimestamp":"2026-01-01T00:00:00Z"}}"""
    )]
    public void As_much_of_an_object_stands_beside_its_row_as_was_asked(TableObjects include, string expected) =>
        AnyJson.Equal(
            JsonNode.Parse(expected),
            Table("networking.istio.io", "DestinationRule", """{"spec":{"host":"a"}}""", include)["rows"]![0]!["object"]
        );

    private static JsonObject Table(string group, string kind, string item, TableObjects include)
    {
        var node = JsonNode.Parse(item)!.AsObject();
        node["metadata"] = new JsonObject { ["name"] = "x", ["creationTimestamp"] = "2026-01-01T00:00:00Z" };
        return new ObjectTable(KindCatalogue.Find(group, kind)!, include, s_now).Write([], [node]);
    }
}
