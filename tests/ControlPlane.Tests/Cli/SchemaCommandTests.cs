// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Cli;

namespace ControlPlane.Tests.Cli;

public class SchemaCommandTests
{
    [Theory]
    [InlineData("vs", "VirtualService")]
    [InlineData("DestinationRule", "DestinationRule")]
    [InlineData("gateways.gateway.networking.k8s.io", "Gateway")]
    [InlineData("MeshConfig", "MeshConfig")]
    public async Task One_kind_is_found_by_any_of_its_names(string name, string title)
    {
        var (code, output, errors) = await RunAsync("x", "schema", name);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(title, (string?)JsonNode.Parse(output)!["title"]);
    }

    [Fact]
    public async Task All_kinds_go_into_one_file()
    {
        var file = Path.GetTempFileName();
        var (code, output, _) = await RunAsync("experimental", "schema", "-o", file);
        Assert.Equal((0, ""), (code, output));
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.NotNull(schema["$defs"]!["VirtualService"]);
        File.Delete(file);
    }

    [Fact]
    public async Task A_kind_that_is_not_there_is_said()
    {
        var (code, output, errors) = await RunAsync("x", "schema", "virtualservic");
        Assert.Equal((64, ""), (code, output));
        Assert.Equal("lateen x schema: there is no kind virtualservic; did you mean VirtualService?\n", errors);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_said()
    {
        var (code, _, errors) = await RunAsync("x", "schema", "-o", "/no/such/directory/schema.json");
        Assert.Equal(1, code);
        Assert.StartsWith(
            "lateen x schema: cannot write /no/such/directory/schema.json: ",
            errors,
            StringComparison.Ordinal
        );
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandTable.RunAsync(args, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
