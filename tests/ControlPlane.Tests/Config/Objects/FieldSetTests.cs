// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CsCheck;
using Lateen.Config.Objects.ManagedFields;
using Lateen.Config.Objects.Shapes;

namespace ControlPlane.Tests.Config.Objects;

public class FieldSetTests
{
    private static readonly Gen<FieldSet> s_set = Gen.OneOf<string>("f:a", "f:b", """k:{"name":"x"}""", "v:1")
        .Array[1, 4]
        .Array[0, 5]
        .Select(static paths => FieldSet.Of(paths));

    /// <summary>As Kubernetes writes them.</summary>
    public static TheoryData<string> Written =>
        [
            "{}",
            """{"f:spec":{"f:hosts":{}}}""",
            """{"f:metadata":{"f:annotations":{".":{},"f:a.b/c":{}}}}""",
            """{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}}""",
            """{"f:metadata":{"f:finalizers":{"v:\"a/b\"":{}}}}""",
        ];

    public static TheoryData<string> NotWritten =>
        ["null", "1", "[]", """{"f:a":1}""", """{"a":{}}""", """{"f:a":{"x":{}}}""", """{"f":{}}"""];

    [Theory, MemberData(nameof(Written))]
    public void Is_read_and_written(string json) =>
        AnyJson.Equal(JsonNode.Parse(json), FieldsV1.Write(FieldsV1.Read(JsonNode.Parse(json))!));

    [Theory, MemberData(nameof(NotWritten))]
    public void What_is_none_is_not_read(string json) => Assert.Null(FieldsV1.Read(JsonNode.Parse(json)));

    [Theory]
    [InlineData("f:spec|f:hosts", ".spec.hosts")]
    [InlineData(
        """f:spec|f:ports|k:{"port":80,"protocol":"TCP"}|f:name""",
        """.spec.ports[port=80,protocol="TCP"].name"""
    )]
    [InlineData("""f:metadata|f:finalizers|v:"a/b" """, """.metadata.finalizers[="a/b" ]""")]
    [InlineData("f:a|i:0", ".a[0]")]
    [InlineData("f:a|k:spam", ".a[spam]")]
    [InlineData("f:a|k:null", ".a[null]")]
    public void Paths_are_told_to_people(string path, string expected) =>
        Assert.Equal(expected, PathText.Of(path.Split('|')));

    [Fact]
    public void Reading_what_was_written_gives_the_same() =>
        s_set.Sample(static set => Assert.True(FieldsV1.Read(FieldsV1.Write(set))!.SetEquals(set)));

    [Fact]
    public void Is_a_set() =>
        Gen.Select(s_set, s_set)
            .Sample(
                static (a, b) =>
                {
                    var (first, second) = (Texts(a), Texts(b));
                    Assert.Equal(
                        first.Union(second).Order(StringComparer.Ordinal),
                        Texts(a.Union(b)).Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(
                        first.Except(second).Order(StringComparer.Ordinal),
                        Texts(a.Except(b)).Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(
                        first.Intersect(second).Order(StringComparer.Ordinal),
                        Texts(a.Intersect(b)).Order(StringComparer.Ordinal)
                    );
                    Assert.Equal(first.Count == 0, a.IsEmpty);
                    Assert.True(a.Except(b).Intersect(b).IsEmpty);
                    Assert.True(a.Union(b).SetEquals(b.Union(a)));
                    Assert.All(a.Paths(), path => Assert.True(a.Contains(path)));
                }
            );

    private static IReadOnlyList<string> Texts(FieldSet set) =>
        set.Paths().Select(static path => string.Join('|', path)).ToList();
}
