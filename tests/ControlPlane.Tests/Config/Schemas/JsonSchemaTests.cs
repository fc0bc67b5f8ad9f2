// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Schemas;

/// <summary>What editors are given, against somebody else's reader of JSON Schema.</summary>
public sealed class JsonSchemaTests
{
    /// <summary>
    /// Reads the schema, checks it by its own rules, then each document of each file by it. Says nothing when all is well; for files
    /// named bad-*, each document must be refused.
    /// </summary>
    private const string Check = """
        import json, sys, yaml, jsonschema
        class Loader(yaml.SafeLoader): pass
        # Times stay texts, as the Kubernetes API has them.
        Loader.yaml_implicit_resolvers = {key: [(tag, pattern) for tag, pattern in all if tag != 'tag:yaml.org,2002:timestamp'] for key, all in yaml.SafeLoader.yaml_implicit_resolvers.items()}
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for path in sys.argv[2:]:
            for document in yaml.load_all(open(path).read().replace('\t', ' '), Loader):
                if document is None: continue
                errors = [path + ': ' + error.json_path + ': ' + error.message[:300] for error in validator.iter_errors(document)]
                if '/bad-' in path: errors = [] if errors else [path + ': is not refused: ' + json.dumps(document)]
                print('\n'.join(errors), end='\n' if errors else '')
        """;

    [Fact]
    public async Task The_schema_of_all_kinds_takes_the_corpus_and_refuses_mistakes()
    {
        var folder = Directory.CreateTempSubdirectory("lateen-schema-");
        var schema = Path.Combine(folder.FullName, "schema.json");
        await File.WriteAllTextAsync(
            schema,
            JsonSchemaWriter.ForAll(KindCatalogue.All).ToJsonString(),
            TestContext.Current.CancellationToken
        );
        var mistakes = Path.Combine(folder.FullName, "bad-documents.yaml");
        await File.WriteAllTextAsync(mistakes, Mistakes, TestContext.Current.CancellationToken);
        Assert.Equal("", await PythonAsync([schema, mistakes, .. CorpusTests.ResourceFiles]));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_schemas_of_the_meshs_documents_take_theirs()
    {
        var folder = Directory.CreateTempSubdirectory("lateen-schema-");
        foreach (var files in CorpusTests.MeshFilesByType)
        {
            var schema = Path.Combine(folder.FullName, $"{files.Key.Name}.json");
            await File.WriteAllTextAsync(
                schema,
                JsonSchemaWriter.For(SchemaBuilder.Of(files.Key), files.Key.Name).ToJsonString(),
                TestContext.Current.CancellationToken
            );
            // Names with underscores are for people who write them; editors need not offer them.
            var report = await PythonAsync([schema, .. files]);
            Assert.DoesNotContain(
                report.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                static line => !line.Contains('_')
            );
        }
        folder.Delete(recursive: true);
    }

    public static TheoryData<string> KindNames =>
        new(KindCatalogue.All.Select(static kind => KindCatalogue.DisplayName(kind.Group, kind.Name)));

    [Theory]
    [MemberData(nameof(KindNames))]
    public void A_kind_has_a_schema_of_its_own_by_every_name(string name)
    {
        var kind = KindCatalogue.All.Single(kind => KindCatalogue.DisplayName(kind.Group, kind.Name) == name);
        var schema = JsonSchemaWriter.For(kind);
        Assert.Equal(kind.Name, (string?)schema["properties"]!["kind"]!["const"]);
        var apiVersions = schema["properties"]!["apiVersion"]!["enum"]!.AsArray().Select(static word => (string?)word);
        Assert.Equal(kind.Versions.Select(kind.ApiVersion), apiVersions);
        foreach (var word in kind.ShortNames.Append(kind.Plural).Append(kind.Name))
        {
            Assert.Same(kind, KindCatalogue.FindByName($"{word.ToUpperInvariant()}.{kind.Group}".TrimEnd('.')));
        }
    }

    [Fact]
    public void Fields_have_descriptions_defaults_and_what_excludes_what()
    {
        var schema = JsonSchemaWriter.For(KindCatalogue.FindByName("dr")!);
        var outlier = schema["$defs"]!["Networking.OutlierDetection"]!["properties"]!;
        Assert.Equal("10s", (string?)outlier["interval"]!["default"]);
        Assert.Equal(5, (long)outlier["consecutive5xxErrors"]!["default"]!);
        Assert.True((bool)outlier["consecutiveErrors"]!["deprecated"]!);
        Assert.Contains("Time between looks", (string?)outlier["interval"]!["description"], StringComparison.Ordinal);
        var balancer = schema["$defs"]!["Networking.LoadBalancer"]!["allOf"]![0]!["oneOf"]!.AsArray();
        Assert.Contains(
            balancer,
            static choice => JsonNode.DeepEquals(choice, JsonNode.Parse("""{"required":["simple"]}"""))
        );
    }

    private const string Mistakes = """
        {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hostz: [a]}}
        ---
        {apiVersion: networking.istio.io/v9, kind: VirtualService, metadata: {name: a}, spec: {hosts: [a]}}
        ---
        {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {}, spec: {hosts: [a]}}
        ---
        {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: a}}
        ---
        {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {http: [{timeout: 5 seconds}]}}
        ---
        {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {http: [{match: [{uri: {exact: a, prefix: b}}]}]}}
        ---
        {apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: a}}
        ---
        {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: {host: a, trafficPolicy: {loadBalancer: {simple: FASTEST}}}}
        ---
        {apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: a}, spec: {servers: [{hosts: [a], port: {number: 70000, name: a, protocol: HTTP}}]}}
        ---
        {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: a}, spec: {servers: []}}
        ---
        {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {prots: []}}]}
        """;

    private static async Task<string> PythonAsync(string[] arguments)
    {
        try
        {
            using var python = Process.Start(
                new ProcessStartInfo("/usr/bin/python3", ["-c", Check, .. arguments])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
            if ((await errors).Contains("No module named", StringComparison.Ordinal))
                NotToBeHad(await errors);
            Assert.True(python.ExitCode == 0, await errors);
            return output;
        }
        catch (Win32Exception failure)
        {
            NotToBeHad(failure.Message);
            return "";
        }
    }

    private static void NotToBeHad(string why)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(why);
        Assert.Skip($"python3-jsonschema is not there: {why}");
    }
}
