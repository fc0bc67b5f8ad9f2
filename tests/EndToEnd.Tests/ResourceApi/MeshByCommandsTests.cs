// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using EndToEnd.Tests.BadInput;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.ResourceApi;

/// <summary>A mesh whose routes are written with <c>lateen apply</c>, without kubectl.</summary>
public class MeshByCommandsTests
{
    [Fact]
    public async Task What_lateen_applies_is_in_force()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token, hasRoutes: false);
        Assert.Equal(404, await mesh.StatusAsync(limit.Token));
        Assert.Equal(
            (0, "virtualservice.networking.istio.io/reviews created\n", ""),
            await LateenAsync(SmallMesh.Routes("v1"), "apply", "-f", "-")
        );
        await Eventually.TrueAsync(async () => await mesh.StatusAsync(limit.Token) == 200, limit.Token);
        Assert.Equal("v1", await mesh.AskAsync(limit.Token));
        var (differs, difference, _) = await LateenAsync(SmallMesh.Routes("v2"), "diff", "-f", "-");
        Assert.Equal(1, differs);
        Assert.Contains("+        subset: v2", difference, StringComparison.Ordinal);
        Assert.Equal(0, (await LateenAsync(SmallMesh.Routes("v2"), "apply", "-f", "-")).Code);
        await Eventually.TrueAsync(async () => await mesh.AskAsync(limit.Token) == "v2", limit.Token);
        var wrong = await LateenAsync(
            SmallMesh.Routes("v1").Replace("weight: 1", "weight: -1", StringComparison.Ordinal),
            "apply",
            "-f",
            "-"
        );
        Assert.Equal(65, wrong.Code);
        Assert.Contains(
            "standard input:11:19: VirtualService default/reviews, ",
            wrong.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains("[\"edge\"]", (await LateenAsync("", "get", "vs")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await LateenAsync("", "delete", "vs", "reviews")).Code);
        await Eventually.TrueAsync(async () => await mesh.StatusAsync(limit.Token) == 404, limit.Token);
        Assert.Equal(0, await mesh.StopAsync(limit.Token));

        async Task<(int Code, string Output, string Errors)> LateenAsync(string input, params string[] arguments)
        {
            var start = new ProcessStartInfo(
                "dotnet",
                [Repository.Lateen, .. arguments, "--kubeconfig", mesh.Kubeconfig]
            )
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, errors);
        }
    }
}
