// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using EndToEnd.Tests.BadInput;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.ResourceApi;

/// <summary>A mesh whose routes are written with <c>kubectl</c>: what the API takes is in force in the proxies.</summary>
public class MeshByKubectlTests
{
    [Fact]
    public async Task What_kubectl_applies_is_in_force_and_outlives_the_control_plane()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token, hasRoutes: false);
        Assert.Equal(404, await mesh.StatusAsync(limit.Token));
        Assert.Contains(
            "created",
            await KubectlAsync(SmallMesh.Routes("v1"), "apply", "-f", "-"),
            StringComparison.Ordinal
        );
        await Eventually.TrueAsync(async () => await mesh.StatusAsync(limit.Token) == 200, limit.Token);
        Assert.Equal("v1", await mesh.AskAsync(limit.Token));
        await KubectlAsync(SmallMesh.Routes("v2"), "apply", "-f", "-");
        // Once all proxies have acknowledged it, it is in force.
        await KubectlAsync(null, "wait", "--for=condition=Programmed", "virtualservice/reviews", "--timeout=60s");
        Assert.Equal("v2", await mesh.AskAsync(limit.Token));
        // What is not in order is refused at once, and nothing changes.
        var wrong = await RunAsync(
            SmallMesh.Routes("v1").Replace("weight: 1", "weight: -1", StringComparison.Ordinal),
            "apply",
            "-f",
            "-"
        );
        Assert.Contains("(LT0202)", wrong.Errors, StringComparison.Ordinal);
        // What was acknowledged is there when the control plane was killed and is back.
        KillControlPlane();
        await Eventually.TrueAsync(async () => (await RunAsync(null, "get", "vs", "reviews")).Code == 0, limit.Token);
        Assert.Equal(
            "v2",
            await KubectlAsync(
                null,
                "get",
                "vs",
                "reviews",
                "-o",
                "jsonpath={.spec.http[0].route[0].destination.subset}"
            )
        );
        Assert.Equal("v2", await mesh.AskAsync(limit.Token));
        await KubectlAsync(null, "delete", "vs", "reviews");
        await Eventually.TrueAsync(async () => await mesh.StatusAsync(limit.Token) == 404, limit.Token);
        Assert.Equal(0, await mesh.StopAsync(limit.Token));

        async Task<string> KubectlAsync(string? input, params string[] arguments)
        {
            var (code, output, errors) = await RunAsync(input, arguments);
            Assert.True(code == 0, errors);
            return output;
        }

        async Task<(int Code, string Output, string Errors)> RunAsync(string? input, params string[] arguments)
        {
            var start = new ProcessStartInfo("kubectl", ["--kubeconfig", mesh.Kubeconfig, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            start.Environment["HOME"] = Path.GetDirectoryName(mesh.Kubeconfig);
            using var process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, errors);
        }
    }

    /// <summary>The one of this tree: <c>lateen up</c> starts it again.</summary>
    private static void KillControlPlane()
    {
        foreach (var process in Process.GetProcessesByName("dotnet"))
        {
            using (process)
            {
                var line = CommandLine(process.Id);
                if (
                    line.Contains(Repository.Root, StringComparison.Ordinal)
                    && line.Contains(" serve ", StringComparison.Ordinal)
                )
                    process.Kill();
            }
        }
    }

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            // It ended while we looked.
            return "";
        }
    }
}
