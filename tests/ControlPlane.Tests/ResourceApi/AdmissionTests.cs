// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Decoding;
using Lateen.Core;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>What a file is told, the API tells: the same problems, in JSON and in YAML.</summary>
public class AdmissionTests
{
    /// <summary>Specifications of VirtualServices in flow YAML that is JSON too.</summary>
    public static TheoryData<string> Specifications =>
        [
            """{"hosts":["a"],"http":[{"route":[{"destination":{"host":"a"},"weight":-1}]}]}""",
            """{"hosts":"a","http":[{"route":[{"destination":{"host":"a"}}]}]}""",
            """{"hosts":["a"],"http":[{"route":[{"destination":{}}]}]}""",
            """{"hosts":["a"],"http":[{"timeout":"soon","route":[{"destination":{"host":"a"}}]},{"timeout":1,"route":[{"destination":{"host":"a","port":{"number":0}}}]}]}""",
            """{"hosts":["a"],"http":[{"match":[{"uri":{"regex":"("}}],"route":[{"destination":{"host":"a"}}]}]}""",
            """{"hosts":["a"],"http":[{"match":[{"uri":{"exact":"a","prefix":"b"}}],"route":[{"destination":{"host":"a"}}]}]}""",
            """{"hosts":[1,true,null,"x"],"http":[{"route":[{"destination":{"host":"a"},"weight":"1"}]}]}""",
            """{"hosts":["a"],"tls":[{"match":[{"sniHosts":["a"]}],"route":[{"destination":{"host":"a"}}]}]}""",
            """{"hosts":["a"],"http":[{"retries":{"attempts":1.5},"route":[{"destination":{"host":"a"}}]}]}""",
            """{"hosts":["a"],"http":[{"redirect":{"redirectCode":200}}]}""",
        ];

    [Theory, MemberData(nameof(Specifications))]
    public async Task Json_and_yaml_and_files_have_the_same_problems(string spec)
    {
        await using var api = await RunningApi.StartAsync();
        var document =
            $$$"""{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"a"},"spec":{{{spec}}}}""";
        var inFile = ResourceDecoder.Decode("file", document).Problems;
        Assert.NotEmpty(inFile);
        var json = await api.AskAsync("POST", $"{Samples.Routes}?dryRun=All", document);
        var yaml = await api.AskAsync("POST", $"{Samples.Routes}?dryRun=All", document, "application/yaml");
        Assert.Equal((json.Code, Causes(json)), (yaml.Code, Causes(yaml)));
        Assert.Equal(json.Warnings, yaml.Warnings);
        var errors = inFile.Where(static problem => problem.Severity == Severity.Error).Select(Told).ToList();
        Assert.Equal(errors, Causes(json).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(errors.Count > 0 ? 422 : 201, json.Code);
        Assert.Equal(inFile.Count(static problem => problem.Severity == Severity.Warning), json.Warnings.Count);
    }

    [Fact]
    public async Task Causes_have_their_reason()
    {
        await using var api = await RunningApi.StartAsync();
        var answer = await api.AskAsync(
            "POST",
            Samples.Rules,
            """{"metadata":{"name":"a"},"spec":{"subsets":[{"name":1}]}}"""
        );
        Assert.Equal(
            ["FieldValueTypeInvalid spec.subsets[0].name", "FieldValueRequired spec.host"],
            answer.Json["details"]!["causes"]!
                .AsArray()
                .Select(static cause => $"{cause!["reason"]!.GetValue<string>()} {cause["field"]!.GetValue<string>()}")
        );
        Assert.Equal("DestinationRule", answer.Json["details"]!["kind"]!.GetValue<string>());
    }

    /// <summary>Rules may become stricter: one must still be able to label what is there, and to let go of it.</summary>
    [Fact]
    public async Task What_stands_as_it_did_is_not_asked_again()
    {
        var store = new Lateen.Config.Stores.MemoryStore();
        await using var api = await RunningApi.StartAsync(store);
        var old =
            """{"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"old","namespace":"default"},"spec":{"host":1}}""";
        var key = new Lateen.Config.Stores.ObjectKey("networking.istio.io", "destinationrules", "default", "old");
        await store.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(old), 0, TestContext.Current.CancellationToken);
        var labelled = await api.AskAsync(
            "PATCH",
            $"{Samples.Rules}/old",
            """{"metadata":{"labels":{"a":"b"}}}""",
            "application/merge-patch+json"
        );
        Assert.Equal(200, labelled.Code);
        var changed = await api.AskAsync(
            "PATCH",
            $"{Samples.Rules}/old",
            """{"spec":{"host":2}}""",
            "application/merge-patch+json"
        );
        Assert.Equal(422, changed.Code);
    }

    private static string Causes(ApiResponse answer) =>
        string.Join(
            '\n',
            (answer.Json["details"]?["causes"] as JsonArray ?? []).Select(static cause =>
                $"{cause!["field"]!.GetValue<string>()}: {cause["message"]!.GetValue<string>()}"
            )
        );

    private static string Told(Problem problem) =>
        $"{problem.Field}: {problem.Message}{(problem.Fix is null ? "" : $"; {problem.Fix}")} ({problem.Code})";
}
