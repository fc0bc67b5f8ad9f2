// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Networking;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

/// <summary>YAML and JSON as the Kubernetes API reads them.</summary>
public class YamlTests
{
    /// <summary>A plain scalar → what the API makes of it, as JSON.</summary>
    public static TheoryData<string, string> Scalars =>
        new()
        {
            { "abc", "\"abc\"" },
            { "'1'", "\"1\"" },
            { "\"true\"", "\"true\"" },
            { "!!str 1", "\"1\"" },
            { "~", "null" },
            { "", "null" },
            { "Null", "null" },
            { "true", "true" },
            { "True", "true" },
            { "yes", "true" },
            { "Y", "true" },
            { "ON", "true" },
            { "no", "false" },
            { "n", "false" },
            { "Off", "false" },
            { "FALSE", "false" },
            { "yEs", "\"yEs\"" },
            { "0", "0" },
            { "-12", "-12" },
            { "+7", "7" },
            { "1_000", "1000" },
            { "0x1F", "31" },
            { "0o17", "15" },
            { "017", "15" },
            { "0b101", "5" },
            { "-0x10", "-16" },
            { "019", "19" },
            { "9223372036854775807", "9223372036854775807" },
            { "1.5", "1.5" },
            { ".5", "0.5" },
            { "1.", "1" },
            { "1e3", "1000" },
            { "1E-2", "0.01" },
            { "1e999", "\"1e999\"" },
            { "0x", "\"0x\"" },
            { "1.2.3", "\"1.2.3\"" },
            { "10.0.0.0/8", "\"10.0.0.0/8\"" },
            { "2026-01-31", "\"2026-01-31\"" },
            { "12:30", "\"12:30\"" },
            { "1h", "\"1h\"" },
            { "-a", "\"-a\"" },
            { ".inf", "\".inf\"" },
            { "|\n   a\n   b\n", "\"a\\nb\\n\"" },
            { ">-\n   a\n   b\n", "\"a b\"" },
        };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_scalar_is_what_the_api_makes_of_it(string scalar, string json) => Assert.Equal(json, Value(scalar));

    /// <summary>JSON that is none, and which YAML has no better word for.</summary>
    [Fact]
    public void Half_of_a_surrogate_pair_is_a_problem_and_no_crash()
    {
        var decoded = ResourceDecoder.Decode("a.json", """{"a":"\ud800"}""");
        Assert.NotEmpty(decoded.Problems);
    }

    public static TheoryData<string, string> Mappings =>
        new()
        {
            { "  base: &b {a: 1, c: 3}\n  v: {<<: *b, a: 2}", """{"a":2,"c":3}""" },
            { "  base: &b {a: 1}\n  v:\n    a: 2\n    <<: *b", """{"a":2}""" },
            { "  x: &x {a: 1}\n  y: &y {a: 2, b: 3}\n  v: {<<: [*x, *y]}", """{"a":1,"b":3}""" },
            { "  x: &x [1, {b: c}]\n  v: *x", """[1,{"b":"c"}]""" },
            { "  v: {8080: a, 'true': b}", """{"8080":"a","true":"b"}""" },
        };

    [Theory]
    [MemberData(nameof(Mappings))]
    public void Anchors_are_repeated_and_mappings_merged(string config, string json) =>
        Assert.Equal(json, Config(config)["v"]!.ToJsonString());

    [Theory]
    [InlineData("v: *nowhere", "anchor")]
    [InlineData("v: {<<: 1}", "merged")]
    [InlineData("v: {[a]: b}", "key")]
    [InlineData("v: &a [*a]", "anchor")]
    public void What_cannot_be_read_is_said(string config, string word)
    {
        var problem = Assert.Single(ResourceDecoder.Decode("t", Plugin($"  {config}")).Problems);
        Assert.Equal("LT0101", problem.Code);
        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_do_not_make_a_small_text_a_great_document()
    {
        var text = new StringBuilder("  a0: &a0 [x, x]\n");
        for (var i = 1; i < 40; i++)
            text.Append(null, $"  a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        var problem = Assert.Single(ResourceDecoder.Decode("t", Plugin(text.ToString())).Problems);
        Assert.Contains("aliases", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_that_is_there_twice_is_told_and_the_rest_is_read()
    {
        var decoded = ResourceDecoder.Decode(
            "t",
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: a, labels: {x: "1", x: "2"}}
            spec:
              address: 1.1.1.1
              weight: many
              address: 2.2.2.2
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: b}
            spec: {address: 3.3.3.3}
            """
        );
        Assert.Equal(
            [("LT0112", "metadata.labels.x", 3), ("LT0112", "spec.address", 7), ("LT0106", "spec.weight", 6)],
            decoded.Problems.Select(static problem => (problem.Code, problem.Field, problem.Where.Line))
        );
        Assert.Equal("b", Assert.Single(decoded.Resources).Name);
    }

    [Fact]
    public void Lists_hold_resources_and_typed_ones_say_once_what_they_are()
    {
        const string lists = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}, spec: {address: 1.1.1.1}}
            - {apiVersion: v1, kind: Service, metadata: {name: b}, spec: {}}
            ---
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntryList
            metadata: {resourceVersion: "1"}
            items:
            - {metadata: {name: c}, spec: {address: 1.1.1.1}}
            """;
        var decoded = ResourceDecoder.Decode("t", lists);
        Assert.Empty(decoded.Problems);
        Assert.Equal(
            ["WorkloadEntry default/a", "Service default/b", "WorkloadEntry default/c"],
            decoded.Resources.Select(static resource => resource.Key.ToString())
        );
    }

    [Fact]
    public void Json_is_read_with_places()
    {
        const string json = """
            {
            	"apiVersion": "networking.istio.io/v1", "kind": "WorkloadEntry",
            	"metadata": {"name": "ä", "labels": {"a": "true"}},
            	"spec": {"address": "1.1.1.1", "weight": "2", "x": null, "x": 1}
            }
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}, "spec": {"ports": [{"port": 80, "targetPort": "http"}]}}
            """;
        var decoded = ResourceDecoder.Decode("t.json", json);
        Assert.Equal(
            [("LT0112", "t.json:4:59"), ("LT0106", "t.json:4:43")],
            decoded.Problems.Select(static problem => (problem.Code, problem.Where.ToString()))
        );
        var service = Assert.IsType<ConfigResource<Service>>(Assert.Single(decoded.Resources));
        Assert.Equal("http", service.Spec.Ports[0].TargetPort!.Value.Text);
        Assert.Equal(new SourceLocation("t.json", 6, 1), service.At);
    }

    [Fact]
    public void Flow_yaml_is_not_taken_for_json()
    {
        var decoded = ResourceDecoder.Decode(
            "t",
            "{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}, spec: {address: 1.1.1.1}}"
        );
        Assert.Empty(decoded.Problems);
        Assert.IsType<ConfigResource<WorkloadEntry>>(Assert.Single(decoded.Resources));
    }

    private static string Value(string scalar) =>
        Config($"  v: {scalar}")["v"]?.ToJsonString(new JsonSerializerOptions()) ?? "null";

    /// <summary>A document where anything may be: the configuration of an EnvoyFilter.</summary>
    private static string Plugin(string config) =>
        $"apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {{name: x}}\nspec: {{}}\nstatus:\n{config}\n";

    private static System.Text.Json.Nodes.JsonObject Config(string config)
    {
        var text =
            "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: x}\nspec:\n configPatches:\n - applyTo: CLUSTER\n   patch:\n    operation: MERGE\n    value:\n"
            + string.Concat(config.Split('\n').Select(static line => $"    {line}\n"));
        var decoded = ResourceDecoder.Decode("t", text);
        Assert.Equal(["LT0501"], decoded.Problems.Select(static problem => problem.Code));
        return Assert
            .IsType<ConfigResource<EnvoyFilter>>(Assert.Single(decoded.Resources))
            .Spec.ConfigPatches[0]
            .Patch!.Value!;
    }
}
