// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Google.Protobuf;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Schemas;

public class OpenApiTests
{
    private const string V2Prefix = "#/definitions/";
    private const string V3Prefix = "#/components/schemas/";

    private static readonly JsonObject s_v2 = OpenApiWriter.V2(KindCatalogue.All);

    public static TheoryData<string, string> GroupVersions =>
        new(
            KindCatalogue
                .All.SelectMany(static kind => kind.Versions.Select(version => (kind.Group, version)))
                .Distinct()
        );

    [Fact]
    public void V2_defines_every_version_of_every_kind_and_its_list()
    {
        var definitions = s_v2["definitions"]!.AsObject();
        foreach (var kind in KindCatalogue.All)
        {
            foreach (var version in kind.Versions)
            {
                var name = OpenApiWriter.NameOf(kind, version);
                Assert.Equal(kind.Name, KindOf(definitions[name]!));
                Assert.Equal($"{kind.Name}List", KindOf(definitions[$"{name}List"]!));
            }
        }
        AssertReferences(s_v2, definitions, V2Prefix);
    }

    [Theory]
    [MemberData(nameof(GroupVersions))]
    public void V3_defines_the_kinds_of_one_version_and_says_where_they_are(string group, string version)
    {
        var document = OpenApiWriter.V3(group, version, KindCatalogue.All);
        var definitions = document["components"]!["schemas"]!.AsObject();
        var kinds = KindCatalogue.All.Where(kind => kind.Group == group && kind.Versions.Contains(version)).ToList();
        Assert.Equal(2 + (2 * kinds.Count), definitions.Count);
        foreach (var kind in kinds)
        {
            var root = group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";
            var place = kind.IsClusterScoped ? root : $"{root}/namespaces/{{namespace}}";
            var patch = document["paths"]![$"{place}/{kind.Plural}/{{name}}"]!["patch"]!;
            Assert.Equal(kind.Name, (string?)patch["x-kubernetes-group-version-kind"]!["kind"]);
            Assert.Contains(
                patch["parameters"]!.AsArray(),
                static parameter => (string?)parameter!["name"] == "fieldValidation"
            );
        }
        AssertReferences(document, definitions, V3Prefix);
    }

    [Fact]
    public void Explain_says_of_a_field_what_its_record_says()
    {
        var weight = s_v2["definitions"]!["io.istio.networking.v1.WorkloadEntry"]!["properties"]!["spec"]![
            "properties"
        ]!["weight"]!;
        Assert.Equal("Share of the load relative to others; 1 by default.", (string?)weight["description"]);
        Assert.Equal(
            ("integer", "int32", 0.0),
            ((string?)weight["type"], (string?)weight["format"], (double)weight["minimum"]!)
        );
    }

    [Fact]
    public void Protobuf_has_the_names_and_descriptions_of_the_definitions()
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        var document = new CodedInputStream(OpenApiProtobuf.Write(s_v2));
        while (Field(document, 9) is { } definitions)
        {
            while (Field(definitions, 1) is { } pair)
            {
                Assert.Equal((1 << 3) | 2, (int)pair.ReadTag());
                var name = pair.ReadString();
                read[name] = Text(Field(pair, 2)!, 4);
            }
        }
        Assert.Equal(
            s_v2["definitions"]!
                .AsObject()
                .ToDictionary(
                    static definition => definition.Key,
                    static definition => (string?)definition.Value!["description"] ?? ""
                ),
            read
        );
    }

    private static string? KindOf(JsonNode definition) =>
        (string?)definition["x-kubernetes-group-version-kind"]![0]!["kind"];

    private static void AssertReferences(JsonNode? node, JsonObject definitions, string prefix)
    {
        if (node is JsonObject map)
        {
            if (map["$ref"] is JsonValue reference)
                Assert.Contains(((string)reference!)[prefix.Length..], definitions.Select(static pair => pair.Key));
            foreach (var (_, value) in map)
                AssertReferences(value, definitions, prefix);
        }
        foreach (var item in node as JsonArray ?? [])
            AssertReferences(item, definitions, prefix);
    }

    /// <summary>The next field of that number, as a message; null at the end.</summary>
    private static CodedInputStream? Field(CodedInputStream message, int number)
    {
        while (message.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number)
                return message.ReadBytes().CreateCodedInput();
            message.SkipLastField();
        }
        return null;
    }

    private static string Text(CodedInputStream message, int number)
    {
        while (message.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number)
                return message.ReadString();
            message.SkipLastField();
        }
        return "";
    }
}
