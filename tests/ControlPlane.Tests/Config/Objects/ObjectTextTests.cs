// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Lateen.Config.Objects;
using Lateen.Config.Schemas;
using Lateen.Config.Yaml;

namespace ControlPlane.Tests.Config.Objects;

public class ObjectTextTests
{
    /// <summary>Texts that would be something else without quotes, and texts that need none.</summary>
    public static TheoryData<string, string> Scalars =>
        new()
        {
            { "reviews", "reviews" },
            { "v1", "v1" },
            { "a b", "a b" },
            { "*.example.com", "\"*.example.com\"" },
            { "10.0.0.1", "10.0.0.1" },
            { "1.5", "\"1.5\"" },
            { "1", "\"1\"" },
            { "1h30m", "\"1h30m\"" },
            { "", "\"\"" },
            { "true", "\"true\"" },
            { "Yes", "\"Yes\"" },
            { "null", "\"null\"" },
            { "~", "\"~\"" },
            { "a: b", "\"a: b\"" },
            { "a #b", "\"a #b\"" },
            { "a:", "\"a:\"" },
            { "a:b", "a:b" },
            { "- a", "\"- a\"" },
            { " a", "\" a\"" },
            { "a\tb", "\"a\\tb\"" },
            { "a\u0001", "\"a\\u0001\"" },
            { "\"a\"", "\"\\\"a\\\"\"" },
            { "/path", "/path" },
            { "é", "é" },
        };

    public static TheoryData<string, string> Unreadable =>
        new()
        {
            { "", "" },
            { "{", "" },
            { "{} {}", "" },
            { "{\"a\":1e999}", "too large" },
            { "{\"a\":\"\\ud800\"}", "no Unicode" },
            { "nul", "" },
            { "{'a':1}", "" },
        };

    [Theory, MemberData(nameof(Scalars))]
    public void Texts_are_quoted_where_they_must_be(string text, string expected) =>
        Assert.Equal($"a: {expected}\n", YamlWriter.Write(new JsonObject { ["a"] = text }));

    [Fact]
    public void Values_stand_in_blocks() =>
        Assert.Equal(
            """
            a:
              b: 1
              c: []
              d: {}
              e: null
            f:
            - x
            - q: true
              z:
              - 2
            -
              - 3
            g: |
              one

              two
            h: |-
              one
                two

            """,
            YamlWriter.Write(
                JsonNode.Parse(
                    """{"a":{"b":1,"c":[],"d":{},"e":null},"f":["x",{"q":true,"z":[2]},[3]],"g":"one\n\ntwo\n","h":"one\n  two"}"""
                )
            )
        );

    /// <summary>Texts for which YAML has rules of its own.</summary>
    public static TheoryData<string> Unusual =>
        [
            $$$"""{"{{{new string('k', 1030)}}}":{"a":[1]}}""",
            $$$"""[{"{{{new string('k', 1030)}}}":[1,{"a":2}],"b":3}]""",
            $$$"""{"{{{new string('k', 1030)}}}":"a\nb","c":{"{{{new string('é', 1024)}}}":null}}""",
            """ "a\n- b" """,
            """ "a\n---\nb" """,
            """ "a\n\n b\n" """,
        ];

    [Theory, MemberData(nameof(Unusual))]
    public void Yaml_of_what_is_unusual_reads_as_what_it_was(string json)
    {
        var value = JsonNode.Parse(json);
        var text = YamlWriter.Write(value);
        var read = ObjectText.FromYaml(Encoding.UTF8.GetBytes(text));
        Assert.True(read.Problem.Length == 0, $"{read.Problem}\n{text}");
        Assert.True(JsonNode.DeepEquals(value, read.Value), text);
    }

    /// <summary>Whatever is written reads as what it was, by a reader that knows nothing of the writer.</summary>
    [Fact]
    public void Yaml_that_was_written_reads_as_what_it_was() =>
        Gen.Dictionary(Gen.String, Gen.OneOf(AnyJson.ValueOrNull, s_text.Select(static text => (JsonNode?)text)))[1, 4]
            .Sample(static entries =>
            {
                var value = new JsonObject(
                    entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))
                );
                var text = YamlWriter.Write(value);
                var read = ObjectText.FromYaml(Encoding.UTF8.GetBytes(text));
                Assert.True(read.Problem.Length == 0, $"{read.Problem}\n{text}");
                Assert.True(
                    JsonNode.DeepEquals(value, read.Value),
                    $"{value.ToJsonString()}\n{read.Value?.ToJsonString()}\n{text}"
                );
            });

    [Fact]
    public void Json_is_read_as_it_stands() =>
        AnyJson.ValueOrNull.Sample(static value =>
        {
            var read = ObjectText.FromJson(Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null"));
            Assert.Equal("", read.Problem);
            AnyJson.Equal(value, read.Value);
        });

    [Theory, MemberData(nameof(Unreadable))]
    public void Says_why_it_cannot_be_read(string text, string expected)
    {
        var read = ObjectText.FromJson(Encoding.UTF8.GetBytes(text));
        Assert.NotEqual("", read.Problem);
        Assert.Contains(expected, read.Problem, StringComparison.Ordinal);
        Assert.Null(read.Value);
    }

    [Fact]
    public void Fields_that_are_there_twice_are_named_and_the_last_one_counts()
    {
        var read = ObjectText.FromJson("""{"a":{"b":1,"b":2},"c":[{"d":1},{"d":1,"d":3}]}"""u8);
        Assert.Equal(["a.b", "c[1].d"], read.Duplicates);
        AnyJson.Equal(JsonNode.Parse("""{"a":{"b":2},"c":[{"d":1},{"d":3}]}"""), read.Value);
    }

    /// <summary>Group, kind, object; what is left of it, and what was taken out.</summary>
    [Theory]
    [InlineData(
        "networking.istio.io",
        "VirtualService",
        """{"spec":{"hostz":[1]},"x":1}""",
        """{"spec":{}}""",
        "spec.hostz x"
    )]
    [InlineData(
        "networking.istio.io",
        "VirtualService",
        """{"spec":{"http":[{"rout":1,"name":"n"}]}}""",
        """{"spec":{"http":[{"name":"n"}]}}""",
        "spec.http[0].rout"
    )]
    [InlineData(
        "networking.istio.io",
        "VirtualService",
        """{"metadata":{"name":"a","labelz":{}},"status":{"anything":1}}""",
        """{"metadata":{"name":"a"},"status":{"anything":1}}""",
        "metadata.labelz"
    )]
    [InlineData(
        "networking.istio.io",
        "VirtualService",
        """{"spec":{"http":[{"match":[{"headers":{"any.name":{"exat":"x"}}}]}]}}""",
        """{"spec":{"http":[{"match":[{"headers":{"any.name":{}}}]}]}}""",
        "spec.http[0].match[0].headers.any.name.exat"
    )]
    [InlineData("", "ConfigMap", """{"data":{"any":"x"},"dada":{}}""", """{"data":{"any":"x"}}""", "dada")]
    [InlineData(
        "",
        "Namespace",
        """{"spec":{"more":1},"status":{"phase":"Active"}}""",
        """{"spec":{"more":1},"status":{"phase":"Active"}}""",
        ""
    )]
    [InlineData("networking.istio.io", "VirtualService", """{"spec":1}""", """{"spec":1}""", "")]
    public void Fields_that_no_kind_has_are_taken_out(string group, string kind, string item, string left, string taken)
    {
        var value = JsonNode.Parse(item)!.AsObject();
        var found = UnknownFields.Prune(KindCatalogue.Find(group, kind)!, value);
        Assert.Equal(taken, string.Join(' ', found.Select(static field => field.Path)));
        AnyJson.Equal(JsonNode.Parse(left), value);
    }

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["ab:# -\n\t\"'\\|>{}[]&*!%@,1.0"], 0, 12],
        Gen.OneOf<string>(
            "a\nb\n",
            "a\n\nb",
            "\n",
            "a\n ",
            "  a\nb",
            "---",
            "...",
            "yes",
            "0x1",
            "1_000",
            "1:30",
            ".inf",
            "a\r\nb",
            "=",
            "<<"
        )
    );
}
