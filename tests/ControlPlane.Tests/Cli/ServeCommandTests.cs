// SPDX-License-Identifier: Apache-2.0
using Lateen.Cli;

namespace ControlPlane.Tests.Cli;

/// <summary>What <c>lateen serve</c> does not begin with.</summary>
public class ServeCommandTests
{
    [Fact]
    public async Task A_mesh_configuration_with_errors_is_told_whole_and_not_served()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            "enableTracing: true\nconnectTimeout: soon\ntrustDomain: a\n",
            TestContext.Current.CancellationToken
        );
        var (code, errors) = await ServeAsync("--mesh-config", file);
        Assert.Equal(65, code);
        Assert.Collection(
            errors.TrimEnd().Split('\n').Order(StringComparer.Ordinal),
            line => Assert.StartsWith($"error: {file}:2:", line, StringComparison.Ordinal),
            line => Assert.Equal($"lateen serve: {file} has errors; correct them, or leave out --mesh-config", line),
            line => Assert.StartsWith($"warning: {file}:1:", line, StringComparison.Ordinal)
        );
        File.Delete(file);
    }

    [Fact]
    public async Task A_mesh_configuration_that_is_not_there_is_said()
    {
        var (code, errors) = await ServeAsync("--mesh-config", "/no/such/mesh.yaml");
        Assert.Equal(65, code);
        Assert.StartsWith("lateen serve: ", errors, StringComparison.Ordinal);
        Assert.EndsWith("; check --mesh-config\n", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Errors)> ServeAsync(params string[] args)
    {
        var errors = new StringWriter();
        var code = await CommandTable.RunAsync(["serve", .. args], new StringWriter(), errors);
        return (code, errors.ToString());
    }
}
