// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class DiffCommandTests
{
    [Fact]
    public async Task Differences_are_shown_and_exit_with_1()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var file = lateen.Write("route.yaml", Samples.RouteYaml("reviews"));
        var added = await lateen.TryAsync(null, "diff", "-f", file);
        Assert.Equal(1, added.Code);
        Assert.Contains("+kind: VirtualService\n", added.Output, StringComparison.Ordinal);
        await lateen.RunAsync("apply", "-f", file);
        Assert.Equal(new Ran(0, "", ""), await lateen.TryAsync(null, "diff", "-f", file));
        lateen.Write("route.yaml", Samples.RouteYaml("reviews", host: "ratings"));
        var changed = await lateen.TryAsync(null, "diff", "-f", file);
        Assert.Equal(1, changed.Code);
        Assert.Contains("-  - reviews\n+  - ratings\n", changed.Output, StringComparison.Ordinal);
        Assert.Contains(
            "/MERGED/networking.istio.io.v1.VirtualService.default.reviews",
            changed.Output,
            StringComparison.Ordinal
        );
        // It was a dry run.
        Assert.Equal("reviews", await lateen.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}"));
        lateen.Variables["KUBECTL_EXTERNAL_DIFF"] = "ls";
        Assert.Contains(
            "networking.istio.io.v1.VirtualService.default.reviews",
            (await lateen.TryAsync(null, "diff", "-f", file)).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Secrets_are_compared_and_not_shown()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var file = lateen.Write(
            "secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {a: c2VjcmV0, b: c2FtZQ==}\n"
        );
        await lateen.RunAsync("apply", "-f", file);
        lateen.Write(
            "secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {a: b3RoZXI=, b: c2FtZQ==}\n"
        );
        var ran = await lateen.TryAsync(null, "diff", "-f", file);
        Assert.Equal(1, ran.Code);
        Assert.Contains("*** (before)", ran.Output, StringComparison.Ordinal);
        Assert.Contains("*** (after)", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("b3RoZXI=", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_does_not_look_like_a_difference()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = new LateenCommand(api.Address);
        var file = lateen.Write("route.yaml", Samples.RouteYaml("reviews"));
        await lateen.RunAsync("apply", "-f", file, "--field-manager=other");
        lateen.Write("route.yaml", Samples.RouteYaml("reviews", host: "ratings"));
        var conflict = await lateen.TryAsync(null, "diff", "-f", file);
        Assert.Equal(2, conflict.Code);
        Assert.Contains("--force-conflicts", conflict.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await lateen.TryAsync(null, "diff", "-f", file, "--force-conflicts")).Code);
        lateen.Variables["KUBECTL_EXTERNAL_DIFF"] = "exit 5;";
        Assert.Equal(2, (await lateen.TryAsync(null, "diff", "-f", file, "--force-conflicts")).Code);
    }
}
