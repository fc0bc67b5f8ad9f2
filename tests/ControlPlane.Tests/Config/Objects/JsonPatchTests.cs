// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CsCheck;
using Lateen.Config.Objects.Patches;

namespace ControlPlane.Tests.Config.Objects;

public class JsonPatchTests
{
    /// <summary>Document, patch, result. The first ones are those of RFC 6902, appendix A.</summary>
    public static TheoryData<string, string, string> Applied =>
        new()
        {
            { """{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""" },
            {
                """{"foo":["bar","baz"]}""",
                """[{"op":"add","path":"/foo/1","value":"qux"}]""",
                """{"foo":["bar","qux","baz"]}"""
            },
            { """{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""" },
            { """{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""" },
            {
                """{"baz":"qux","foo":"bar"}""",
                """[{"op":"replace","path":"/baz","value":"boo"}]""",
                """{"baz":"boo","foo":"bar"}"""
            },
            {
                """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
                """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
                """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"""
            },
            {
                """{"foo":["all","grass","cows","eat"]}""",
                """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""",
                """{"foo":["all","cows","eat","grass"]}"""
            },
            {
                """{"baz":"qux","foo":["a",2,"c"]}""",
                """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""",
                """{"baz":"qux","foo":["a",2,"c"]}"""
            },
            {
                """{"foo":"bar"}""",
                """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""",
                """{"foo":"bar","child":{"grandchild":{}}}"""
            },
            {
                """{"foo":"bar"}""",
                """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""",
                """{"foo":"bar","baz":"qux"}"""
            },
            { """{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""" },
            {
                """{"foo":["bar"]}""",
                """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""",
                """{"foo":["bar",["abc","def"]]}"""
            },
            // Beyond the appendix.
            { """{"a":1}""", """[{"op":"add","path":"","value":{"b":2}}]""", """{"b":2}""" },
            { """{"a":1}""", """[{"op":"replace","path":"","value":[]}]""", "[]" },
            { """{"a":1}""", """[{"op":"add","path":"/a","value":null}]""", """{"a":null}""" },
            { """{"a":null}""", """[{"op":"test","path":"/a","value":null}]""", """{"a":null}""" },
            { """{"a":1}""", """[{"op":"test","path":"/a","value":1.0}]""", """{"a":1}""" },
            {
                """{"a":{"x":1,"y":2}}""",
                """[{"op":"test","path":"/a","value":{"y":2,"x":1}}]""",
                """{"a":{"x":1,"y":2}}"""
            },
            {
                """{"a":{"x":1}}""",
                """[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/y","value":2}]""",
                """{"a":{"x":1},"b":{"x":1,"y":2}}"""
            },
            { """{"a":[1]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2]}""" },
            { """{"a":[1,2]}""", """[{"op":"replace","path":"/a/1","value":3}]""", """{"a":[1,3]}""" },
            { """{"":1}""", """[{"op":"replace","path":"/","value":2}]""", """{"":2}""" },
            { """{"a/b":1}""", """[{"op":"remove","path":"/a~1b"}]""", "{}" },
            { """{"a":1}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":1}""" },
            { """{"a":1}""", "[]", """{"a":1}""" },
        };

    /// <summary>Document, patch, and a part of the reason; the document stays.</summary>
    public static TheoryData<string, string, string> Refused =>
        new()
        {
            {
                """{"baz":"qux"}""",
                """[{"op":"test","path":"/baz","value":"bar"}]""",
                "operation 0, test /baz: the value"
            },
            { """{"foo":"bar"}""", """[{"op":"add","path":"/baz/bat","value":"qux"}]""", "there is no /baz" },
            { """{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":"10"}]""", "the value is another one" },
            { """{"a":1}""", """[{"op":"remove","path":"/b"}]""", "there is no /b" },
            { """{"a":1}""", """[{"op":"replace","path":"/b","value":1}]""", "there is no /b" },
            { """{"a":[1]}""", """[{"op":"add","path":"/a/2","value":1}]""", "there is no /a/2" },
            { """{"a":[1]}""", """[{"op":"remove","path":"/a/1"}]""", "there is no /a/1" },
            { """{"a":[1]}""", """[{"op":"remove","path":"/a/-"}]""", "there is no /a/-" },
            { """{"a":[1,2]}""", """[{"op":"remove","path":"/a/01"}]""", "there is no /a/01" },
            { """{"a":[1,2]}""", """[{"op":"remove","path":"/a/-1"}]""", "there is no /a/-1" },
            { """{"a":1}""", """[{"op":"add","path":"/a/b","value":1}]""", "there is no /a/b" },
            { """{"a":1}""", """[{"op":"copy","from":"/x","path":"/b"}]""", "there is no /x" },
            { """{"a":1}""", """[{"op":"test","path":"/b","value":null}]""", "there is no /b" },
            {
                """{"a":1}""",
                """[{"op":"add","path":"/b","value":1},{"op":"remove","path":"/x"}]""",
                "operation 1, remove /x"
            },
        };

    public static TheoryData<string, string> NoPatches =>
        new()
        {
            { "{}", "a list of operations" },
            { "null", "a list of operations" },
            { "[1]", "operation 0: an operation must be an object" },
            { """[{"path":"/a"}]""", "op must be one of" },
            { """[{"op":"spam","path":"/a"}]""", "op must be one of" },
            { """[{"op":1,"path":"/a"}]""", "op must be one of" },
            { """[{"op":"add","value":1}]""", "add needs a path" },
            { """[{"op":"add","path":"a","value":1}]""", "add needs a path" },
            { """[{"op":"add","path":"/a~2","value":1}]""", "add needs a path" },
            { """[{"op":"add","path":"/a~","value":1}]""", "add needs a path" },
            { """[{"op":"add","path":"/a"}]""", "add needs a value" },
            { """[{"op":"move","path":"/a"}]""", "move needs a path in from" },
            { """[{"op":"move","from":"/a","path":"/a/b"}]""", "cannot be moved into itself" },
        };

    [Theory, MemberData(nameof(Applied))]
    public void Is_applied(string document, string patch, string expected)
    {
        var read = JsonPatch.Read(AnyJson.Parse(patch), out var problem);
        Assert.Equal("", problem);
        AnyJson.Equal(AnyJson.Parse(expected), read!.Apply(AnyJson.Parse(document), out problem));
        Assert.Equal("", problem);
    }

    [Theory, MemberData(nameof(Refused))]
    public void What_cannot_be_done_changes_nothing(string document, string patch, string expected)
    {
        var before = AnyJson.Parse(document);
        var after = JsonPatch.Read(AnyJson.Parse(patch), out _)!.Apply(before, out var problem);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        AnyJson.Equal(AnyJson.Parse(document), after);
        AnyJson.Equal(AnyJson.Parse(document), before);
    }

    [Theory, MemberData(nameof(NoPatches))]
    public void Says_why_it_is_none(string patch, string expected)
    {
        Assert.Null(JsonPatch.Read(AnyJson.Parse(patch), out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_of_copies_end()
    {
        var doubling = Enumerable
            .Range(0, 60)
            .Select(static _ =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["op"] = "copy",
                        ["from"] = "/a",
                        ["path"] = "/a/-",
                    }
            );
        var patch = JsonPatch.Read(new JsonArray([.. doubling]), out _)!;
        patch.Apply(new JsonObject { ["a"] = new JsonArray("0123456789") }, out var problem);
        Assert.Contains("copies more than", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_becomes_deeper_than_it_can_be_read()
    {
        var deeper = Enumerable
            .Range(0, 100)
            .Select(static _ =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["op"] = "move",
                        ["from"] = "",
                        ["path"] = "",
                    }
            );
        Assert.NotNull(JsonPatch.Read(new JsonArray([.. deeper]), out _));
        var nesting = Enumerable
            .Range(1, 100)
            .Select(static depth =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["op"] = "add",
                        ["path"] = string.Concat(Enumerable.Repeat("/a", depth)),
                        ["value"] = new JsonObject(),
                    }
            );
        JsonPatch.Read(new JsonArray([.. nesting]), out _)!.Apply(new JsonObject(), out var problem);
        Assert.Contains("nested deeper than 64", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Removing_what_was_added_is_nothing_at_all() =>
        Gen.Select(AnyJson.Object, AnyJson.ValueOrNull)
            .Sample(
                (document, value) =>
                {
                    document.Remove("new");
                    AnyJson.Equal(
                        document,
                        Apply(document, Operation("add", "/new", value), Operation("remove", "/new", null))
                    );
                }
            );

    [Fact]
    public void A_move_is_a_copy_and_a_removal() =>
        AnyJson.Object.Sample(document =>
        {
            foreach (var name in document.Select(static entry => entry.Key).ToArray())
            {
                var from =
                    "/"
                    + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
                var move = new JsonObject
                {
                    ["op"] = "move",
                    ["from"] = from,
                    ["path"] = "/new",
                };
                var copy = new JsonObject
                {
                    ["op"] = "copy",
                    ["from"] = from,
                    ["path"] = "/new",
                };
                AnyJson.Equal(Apply(document, copy, Operation("remove", from, null)), Apply(document, move));
            }
        });

    [Fact]
    public void What_replaced_the_whole_tests_as_the_whole() =>
        Gen.Select(AnyJson.ValueOrNull, AnyJson.ValueOrNull)
            .Sample(
                (document, value) =>
                    AnyJson.Equal(value, Apply(document, Operation("replace", "", value), Operation("test", "", value)))
            );

    private static JsonObject Operation(string verb, string path, JsonNode? value) =>
        new()
        {
            ["op"] = verb,
            ["path"] = path,
            ["value"] = value?.DeepClone(),
        };

    private static JsonNode? Apply(JsonNode? document, params JsonObject[] operations)
    {
        var patch = JsonPatch.Read(new JsonArray([.. operations]), out var problem);
        Assert.Equal("", problem);
        var result = patch!.Apply(document, out problem);
        Assert.Equal("", problem);
        return result;
    }
}
