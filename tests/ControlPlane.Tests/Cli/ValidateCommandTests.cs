// SPDX-License-Identifier: Apache-2.0
using Lateen.Cli;

namespace ControlPlane.Tests.Cli;

public sealed class ValidateCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-validate").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A file alone may be about subsets that others define; a mesh that has the rules of a host has all its subsets.</summary>
    [Fact]
    public async Task A_subset_that_nobody_defines_is_an_error_where_the_rules_of_its_host_are_known()
    {
        Write(
            "route.yaml",
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http: [{route: [{destination: {host: reviews, subset: v9}}]}]
            """
        );
        Write(
            "service.yaml",
            "{apiVersion: v1, kind: Service, metadata: {name: reviews}, spec: {ports: [{name: http, port: 80}]}}"
        );
        var alone = await ValidateAsync();
        Assert.Equal(0, alone.Code);
        Assert.StartsWith(
            "warning: route.yaml:6:57: VirtualService default/reviews, spec.http[0].route[0].destination.subset: there is no DestinationRule for",
            alone.Output,
            StringComparison.Ordinal
        );
        Write(
            "rule.yaml",
            "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: r}, spec: {host: reviews, subsets: [{name: v1}]}}"
        );
        var whole = await ValidateAsync();
        Assert.Equal(65, whole.Code);
        Assert.StartsWith(
            "error: route.yaml:6:57: VirtualService default/reviews, spec.http[0].route[0].destination.subset: no DestinationRule for",
            whole.Output,
            StringComparison.Ordinal
        );
        Assert.Equal("3 resources in order, 1 errors, 0 warnings\n", whole.Errors);
    }

    /// <summary>As istioctl's commands.</summary>
    [Fact]
    public async Task Kinds_of_others_are_no_matter_of_validate_and_analyze()
    {
        Write("job.yaml", "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {whatever: true}}");
        Write(
            "deployment.yaml",
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}}}"
        );
        Assert.Equal(
            (0, "", "0 resources in order, 0 errors, 0 warnings; 2 of kinds that the mesh does not read\n"),
            await ValidateAsync()
        );
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(0, await CommandTable.RunAsync(["analyze", Path.Combine(_directory, "job.yaml")], output, errors));
        Assert.Equal(
            ("", "✔ No validation issues found when analyzing the files.\n"),
            (output.ToString(), errors.ToString())
        );
        Write("route.yaml", "{apiVersion: networking.istio.io/v1, kind: VirtualServce, metadata: {name: a}, spec: {}}");
        Assert.Equal(
            (
                65,
                "error: route.yaml:1:44: VirtualServce default/a, kind: networking.istio.io/v1 has no such kind; did you mean VirtualService? (LT0103)\n",
                "0 resources in order, 1 errors, 0 warnings; 2 of kinds that the mesh does not read\n"
            ),
            await ValidateAsync()
        );
    }

    [Fact]
    public async Task Settings_of_the_mesh_are_checked_and_heeded()
    {
        Write(
            "mesh/service.yaml",
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{name: http, port: 80}]}}"
        );
        Write("settings", "{connectTimeout: 3s, enableTracing: true}");
        var settings = Path.Combine(_directory, "settings");
        Assert.Equal(
            (
                0,
                "warning: settings:1:37: MeshConfig, enableTracing: this field is known but not in force yet; traffic ignores it (LT0502)\n",
                "1 resources in order, 0 errors, 1 warnings\n"
            ),
            await ValidateAsync("--mesh-config", settings)
        );
        Write("settings", "connectTimeout: soon");
        var wrong = await ValidateAsync("--mesh-config", settings);
        Assert.Equal(65, wrong.Code);
        Assert.StartsWith("error: settings:1:17: MeshConfig, connectTimeout: ", wrong.Output, StringComparison.Ordinal);
        Write("map.yaml", Map("connectTimeout: soon"));
        wrong = await ValidateAsync();
        Assert.Equal(65, wrong.Code);
        Assert.StartsWith(
            "error: map.yaml:1:98: ConfigMap istio-system/istio, data.mesh.connectTimeout: ",
            wrong.Output,
            StringComparison.Ordinal
        );
        foreach (var no in new[] { Path.Combine(_directory, "no"), _directory })
        {
            var missing = await ValidateAsync("--mesh-config", no);
            Assert.Equal(65, missing.Code);
            Assert.StartsWith("lateen validate: ", missing.Errors, StringComparison.Ordinal);
            Assert.EndsWith("--mesh-config\n", missing.Errors, StringComparison.Ordinal);
        }
    }

    /// <summary>Of another namespace's service, whose default visibility the settings say.</summary>
    [Fact]
    public async Task Analyze_judges_by_the_settings_of_the_mesh()
    {
        Write(
            "mesh/shop.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec: {ports: [{name: http, port: 80}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: cart, namespace: front}
            spec:
              hosts: [cart.example.com]
              http: [{route: [{destination: {host: cart.shop.svc.cluster.local}}]}]
            """
        );
        Assert.Equal((0, ""), await AnalyzeAsync());
        Write("settings", "defaultServiceExportTo: ['.']");
        var found = await AnalyzeAsync("--mesh-config", Path.Combine(_directory, "settings"));
        Assert.Equal(79, found.Code);
        Assert.StartsWith("Error [IST0101] (VirtualService front/cart ", found.Output, StringComparison.Ordinal);
        Write("mesh/map.yaml", Map("defaultServiceExportTo: [.]"));
        Assert.Equal(found, await AnalyzeAsync());
        Write("settings", "{}");
        Assert.Equal((0, ""), await AnalyzeAsync("--mesh-config", Path.Combine(_directory, "settings")));
    }

    private async Task<(int Code, string Output)> AnalyzeAsync(params string[] more)
    {
        var output = new StringWriter();
        var code = await CommandTable.RunAsync(
            ["analyze", Path.Combine(_directory, "mesh"), .. more],
            output,
            new StringWriter()
        );
        return (code, Relative(output));
    }

    private static string Map(string settings) =>
        $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: istio, namespace: istio-system}}, data: {{mesh: '{settings}'}}}}";

    private void Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task<(int Code, string Output, string Errors)> ValidateAsync(params string[] more)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandTable.RunAsync(["validate", "-f", _directory, .. more], output, errors);
        return (code, Relative(output), Relative(errors));
    }

    private string Relative(StringWriter text) =>
        text.ToString().Replace($"{_directory}/", "", StringComparison.Ordinal);
}
