// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects.Metadata;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Objects;

public class MetadataRulesTests
{
    private static readonly string s_63 = new('a', 63);

    /// <summary>Name; whether it is one of an object, of a namespace (RFC 1123), of a service (RFC 1035).</summary>
    public static TheoryData<string, bool, bool, bool> Names =>
        new()
        {
            { "reviews", true, true, true },
            { "a", true, true, true },
            { "1", true, true, false },
            { "1a", true, true, false },
            { "a-b", true, true, true },
            { "a.b", true, false, false },
            { "a.1-b.c", true, false, false },
            { s_63, true, true, true },
            { s_63 + "a", true, false, false },
            { string.Join('.', s_63, s_63, s_63, new string('a', 61)), true, false, false },
            { string.Join('.', s_63, s_63, s_63, new string('a', 62)), false, false, false },
            { "", false, false, false },
            { "A", false, false, false },
            { "a_b", false, false, false },
            { "-a", false, false, false },
            { "a-", false, false, false },
            { ".a", false, false, false },
            { "a.", false, false, false },
            { "a..b", false, false, false },
            { "a.-b", false, false, false },
            { "a/b", false, false, false },
            { "a b", false, false, false },
            { "ä", false, false, false },
        };

    public static TheoryData<string, bool> Keys =>
        new()
        {
            { "app", true },
            { "App_1.x-y", true },
            { "example.com/app", true },
            { s_63, true },
            { $"example.com/{s_63}", true },
            { "", false },
            { s_63 + "a", false },
            { "-a", false },
            { "a-", false },
            { "example.com/", false },
            { "/a", false },
            { "a/b/c", false },
            { "Example.com/a", false },
            { "exa_mple.com/a", false },
            { "a b", false },
            { "ä", false },
        };

    /// <summary>Metadata, and the field and a part of the fault.</summary>
    public static TheoryData<string, string, string> Faults =>
        new()
        {
            { """{}""", "metadata.name", "required" },
            { """{"name":"A"}""", "metadata.name", "RFC 1123" },
            { """{"name":"a","labels":{"a b":"c"}}""", "metadata.labels", "letters" },
            { """{"name":"a","labels":{"a":"b c"}}""", "metadata.labels", "letters" },
            { """{"name":"a","labels":{"a":1}}""", "metadata.labels", "a text" },
            { """{"name":"a","annotations":{"a b":"c"}}""", "metadata.annotations", "letters" },
            { """{"name":"a","annotations":{"a":null}}""", "metadata.annotations", "a text" },
            { """{"name":"a","finalizers":["a b"]}""", "metadata.finalizers", "letters" },
        };

    [Theory, MemberData(nameof(Names))]
    public void Names_are_checked(string name, bool isSubdomain, bool isLabel, bool isRfc1035)
    {
        Assert.Equal(isSubdomain, NameRules.SubdomainProblem(name) is null);
        Assert.Equal(isLabel, NameRules.LabelProblem(name) is null);
        Assert.Equal(isRfc1035, NameRules.Rfc1035Problem(name) is null);
    }

    [Theory, MemberData(nameof(Keys))]
    public void Keys_of_labels_are_checked(string key, bool isKey) =>
        Assert.Equal(isKey, LabelRules.KeyProblem(key) is null);

    [Theory]
    [InlineData("", true)]
    [InlineData("v1", true)]
    [InlineData("V_1.0-b", true)]
    [InlineData("-v", false)]
    [InlineData("v.", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    public void Values_of_labels_are_checked(string value, bool isValue) =>
        Assert.Equal(isValue, LabelRules.ValueProblem(value) is null);

    [Theory, MemberData(nameof(Faults))]
    public void Faults_name_the_field(string metadata, string field, string message)
    {
        var fault = Assert.Single(Check(metadata));
        Assert.Equal(field, fault.Field);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_faults_are_told_at_once() =>
        Assert.Equal(3, Check("""{"name":"A","labels":{"a b":"c d"}}""").Count);

    [Fact]
    public void Annotations_have_a_limit_together()
    {
        var text = new string('x', MetadataRules.MaxAnnotations - 1);
        Assert.Empty(Check($$$"""{"name":"a","annotations":{"k":"{{{text}}}"}}"""));
        Assert.Single(Check($$$"""{"name":"a","annotations":{"k":"{{{text}}}x"}}"""));
    }

    [Fact]
    public void Who_is_going_takes_no_new_finalizers()
    {
        const string Before =
            """{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["x.io/a","x.io/b"]}""";
        Assert.Empty(Check("""{"name":"a","finalizers":["x.io/b"]}""", Before));
        var fault = Assert.Single(Check("""{"name":"a","finalizers":["x.io/c"]}""", Before));
        Assert.Equal(MetadataFaultKind.Forbidden, fault.Kind);
    }

    private static IReadOnlyList<MetadataFault> Check(string metadata, string? before = null) =>
        MetadataRules.Check(
            KindCatalogue.Find("networking.istio.io", "VirtualService")!,
            JsonNode.Parse(metadata)!.AsObject(),
            before is null ? null : JsonNode.Parse(before)!.AsObject()
        );
}
