// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace ControlPlane.Tests.ResourceApi;

/// <summary>The real <c>kubectl</c> against an API, with a home of its own.</summary>
public sealed class Kubectl : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lateen-kubectl");
    private readonly string[] _server;

    /// <param name="server">Flags that say where the API is and who asks.</param>
    public Kubectl(params string[] server) => _server = server;

    public Kubectl(Uri server)
        : this("--server", server.ToString()) { }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A script that <c>kubectl edit</c> starts.</summary>
    public string Editor { get; set; } = "false";

    /// <summary>A file that commands can name.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(_home.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs a command that must succeed; returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryAsync(null, arguments);
        Assert.True(
            result.Code == 0,
            $"kubectl {string.Join(' ', arguments)}: {result.Code}\n{result.Output}\n{result.Errors}"
        );
        return result.Output;
    }

    /// <summary>Runs a command with standard input, succeed or not.</summary>
    public async Task<KubectlResult> TryAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var errors = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return new KubectlResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a command that goes on.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", [.. _server, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["HOME"] = _home.FullName;
        start.Environment["KUBECONFIG"] = Path.Combine(_home.FullName, "none");
        start.Environment["KUBECACHEDIR"] = Path.Combine(_home.FullName, "cache");
        start.Environment["KUBE_EDITOR"] = Editor;
        start.Environment.Remove("http_proxy");
        start.Environment.Remove("HTTP_PROXY");
        return Process.Start(start)!;
    }

    public void Dispose() => _home.Delete(recursive: true);
}

/// <summary>How a command of kubectl ended.</summary>
public sealed record KubectlResult(int Code, string Output, string Errors);
