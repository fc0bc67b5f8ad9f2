// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class DeleteCommandTests
{
    [Fact]
    public async Task Deletes_by_name_selector_all_and_file()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await api.CreateAsync(Samples.Routes, Samples.Route(name, labels: $"\"is\":\"{name}\""));
        await api.CreateAsync(Samples.Rules, Samples.Rule("x"));
        Assert.Equal(
            "virtualservice.networking.istio.io \"a\" deleted (server dry run)\n",
            await lateen.RunAsync("delete", "vs", "a", "--dry-run=server")
        );
        Assert.Equal(
            "virtualservice.networking.istio.io/a\ndestinationrule.networking.istio.io/x\n",
            await lateen.RunAsync("delete", "vs/a", "dr/x", "-o", "name")
        );
        Assert.Equal(
            "virtualservice.networking.istio.io \"b\" deleted\n",
            await lateen.RunAsync("delete", "vs", "-l", "is=b")
        );
        var file = lateen.Write("c.yaml", Samples.RouteYaml("c"));
        await lateen.RunAsync("delete", "-f", file);
        var again = await lateen.TryAsync(null, "delete", "-f", file);
        Assert.Equal(1, again.Code);
        Assert.StartsWith(
            "lateen delete: virtualservices.networking.istio.io \"c\" not found",
            again.Errors,
            StringComparison.Ordinal
        );
        Assert.Equal(new Ran(0, "", ""), await lateen.TryAsync(null, "delete", "-f", file, "--ignore-not-found"));
        Assert.Equal(
            "virtualservice.networking.istio.io \"d\" deleted\nvirtualservice.networking.istio.io \"e\" deleted\n",
            await lateen.RunAsync("delete", "vs", "--all", "--cascade=foreground")
        );
        Assert.Equal(
            new Ran(0, "", "No resources found\n"),
            await lateen.TryAsync(null, "delete", "vs", "--all", "-A")
        );
    }

    [Theory]
    [InlineData("write names, --selector or --all", "delete", "vs")]
    [InlineData("takes names or --all, not both", "delete", "vs", "a", "--all")]
    [InlineData("takes names or -f, not both", "delete", "vs", "a", "-f", "x")]
    public async Task Command_lines_that_would_delete_more_than_was_meant(string error, params string[] arguments)
    {
        using var lateen = new LateenCommand(new Uri("http://127.0.0.1:1"));
        var ran = await lateen.TryAsync(null, arguments);
        Assert.Equal(64, ran.Code);
        Assert.Contains(error, ran.Errors, StringComparison.Ordinal);
    }
}
