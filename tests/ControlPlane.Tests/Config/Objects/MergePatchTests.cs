// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CsCheck;
using Lateen.Config.Objects.Patches;

namespace ControlPlane.Tests.Config.Objects;

public class MergePatchTests
{
    /// <summary>RFC 7386, appendix A, whole.</summary>
    public static TheoryData<string, string, string> Rows =>
        new()
        {
            { """{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""" },
            { """{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""" },
            { """{"a":"b"}""", """{"a":null}""", "{}" },
            { """{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""" },
            { """{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""" },
            { """{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""" },
            { """{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""" },
            { """{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""" },
            { """["a","b"]""", """["c","d"]""", """["c","d"]""" },
            { """{"a":"b"}""", """["c"]""", """["c"]""" },
            { """{"a":"foo"}""", "null", "null" },
            { """{"a":"foo"}""", "\"bar\"", "\"bar\"" },
            { """{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""" },
            { "[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""" },
            { "{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""" },
        };

    [Theory, MemberData(nameof(Rows))]
    public void Is_applied(string document, string patch, string expected) =>
        AnyJson.Equal(AnyJson.Parse(expected), MergePatch.Apply(AnyJson.Parse(document), AnyJson.Parse(patch)));

    [Fact]
    public void Twice_is_once() =>
        Gen.Select(AnyJson.Value, AnyJson.ValueOrNull)
            .Sample(
                (document, patch) =>
                {
                    var once = MergePatch.Apply(document, patch);
                    AnyJson.Equal(once, MergePatch.Apply(once, patch));
                }
            );

    [Fact]
    public void Touches_neither_argument() =>
        Gen.Select(AnyJson.Value, AnyJson.ValueOrNull)
            .Sample(
                (document, patch) =>
                {
                    var (first, second) = (document?.DeepClone(), patch?.DeepClone());
                    MergePatch.Apply(document, patch);
                    AnyJson.Equal(first, document);
                    AnyJson.Equal(second, patch);
                }
            );

    [Fact]
    public void Nothing_of_a_null_stays() =>
        Gen.Select(AnyJson.Object, AnyJson.ObjectWithNull)
            .Sample((document, patch) => Assert.False(HasNull(MergePatch.Apply(document, patch) as JsonObject)));

    [Fact]
    public void A_document_is_what_it_makes_of_nothing() =>
        AnyJson.Object.Sample(static document => AnyJson.Equal(document, MergePatch.Apply(new JsonObject(), document)));

    /// <summary>Lists are values: what is in them is not read as a patch.</summary>
    private static bool HasNull(JsonObject? map) =>
        map?.Any(static entry => entry.Value is null || HasNull(entry.Value as JsonObject)) == true;
}
