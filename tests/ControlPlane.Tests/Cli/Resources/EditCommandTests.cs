// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class EditCommandTests
{
    [Fact]
    public async Task What_the_editor_leaves_is_saved()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = await StartAsync(api, "sed -i 's/- reviews$/- ratings/' \"$1\"");
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews edited\n",
            await lateen.RunAsync("edit", "vs", "reviews")
        );
        Assert.Equal("ratings", await HostAsync(lateen));
    }

    [Fact]
    public async Task What_is_not_in_order_opens_again_with_its_problems_above()
    {
        await using var api = await RunningApi.StartAsync();
        // The first time a weight is wrong, the second time it is no YAML, the third time the comments are kept and all is well.
        using var lateen = await StartAsync(
            api,
            """
            cp "$1" "$0.seen.$(ls "$0".seen.* 2>/dev/null | wc -l)"
            case $(ls "$0".seen.* | wc -l) in
            1) sed -i 's/- destination:/- weight: -1\n      destination:/' "$1" ;;
            2) echo ': [' >> "$1" ;;
            *) sed -i 's/weight: -1/weight: 1/; /^: \[/d' "$1" ;;
            esac
            """
        );
        Assert.Equal(
            "virtualservice.networking.istio.io/reviews edited\n",
            await lateen.RunAsync("edit", "vs/reviews")
        );
        Assert.Equal(
            "1",
            await lateen.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.http[0].route[0].weight}")
        );
        var second = File.ReadAllLines(lateen.PathOf("editor.sh.seen.1"));
        Assert.Contains(
            "# spec.http[0].route[0].weight: -1 must be at least 0; write a number at least 0 (LT0202)",
            second
        );
        var third = File.ReadAllLines(lateen.PathOf("editor.sh.seen.2"));
        Assert.Contains(
            third,
            static line =>
                line.StartsWith("# line ", StringComparison.Ordinal)
                && line.Contains("(LT0101)", StringComparison.Ordinal)
        );
        // The line that it names is the one of this file.
        var named = third.Single(static line => line.StartsWith("# line ", StringComparison.Ordinal));
        var number = int.Parse(named["# line ".Length..named.IndexOf(':', StringComparison.Ordinal)]);
        Assert.Contains(": [", string.Join('\n', third[(number - 2)..]), StringComparison.Ordinal);
        Assert.DoesNotContain(third, static line => line.Contains("LT0202", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_gives_up_changes_nothing_and_keeps_the_text()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = await StartAsync(api, "sed -i 's/- reviews$/- \"**\"/' \"$1\"");
        var ran = await lateen.TryAsync(null, "edit", "vs", "reviews");
        Assert.Equal((65, ""), (ran.Code, ran.Output));
        Assert.Contains("nothing was changed, since spec.hosts[0]", ran.Errors, StringComparison.Ordinal);
        var kept = ran.Errors[(ran.Errors.LastIndexOf(' ') + 1)..].Trim();
        Assert.Contains(
            "\"**\"",
            await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(kept))!, recursive: true);
        Assert.Equal("reviews", await HostAsync(lateen));
    }

    [Theory]
    [InlineData("true", 0, "Edit cancelled, no changes made.\n")]
    [InlineData("echo '# nothing' > \"$1\"", 0, "Edit cancelled, no changes made.\n")]
    [InlineData("exit 3", 1, "ended with 3; set EDITOR to one that is there\n")]
    public async Task Editors_that_change_nothing(string script, int code, string errors)
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = await StartAsync(api, script);
        var ran = await lateen.TryAsync(null, "edit", "vs", "reviews");
        Assert.Equal((code, ""), (ran.Code, ran.Output));
        Assert.EndsWith(errors, ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_name_is_another_object()
    {
        await using var api = await RunningApi.StartAsync();
        using var lateen = await StartAsync(api, "sed -i 's/name: reviews$/name: other/' \"$1\"");
        var ran = await lateen.TryAsync(null, "edit", "vs", "reviews");
        Assert.Equal(65, ran.Code);
        Assert.Contains(
            "apiVersion, kind, name and namespace must stay as they are",
            ran.Errors,
            StringComparison.Ordinal
        );
    }

    private static async Task<LateenCommand> StartAsync(RunningApi api, string script)
    {
        await api.CreateAsync(Samples.Routes, Samples.Route("reviews"));
        var lateen = new LateenCommand(api.Address);
        lateen.Variables["EDITOR"] = "false";
        lateen.Variables["KUBE_EDITOR"] = $"sh {lateen.Write("editor.sh", script)}";
        return lateen;
    }

    private static Task<string> HostAsync(LateenCommand lateen) =>
        lateen.RunAsync("get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}");
}
