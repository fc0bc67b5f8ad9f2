// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace DataPlane.Tests.Interop;

/// <summary>A program of <c>Peers/</c>: gRPC in another language.</summary>
internal sealed class EchoPeer : IAsyncDisposable
{
    private readonly Process _process;

    private EchoPeer(Process process) => _process = process;

    public int Port { get; private init; }

    /// <summary>Starts a peer that serves until it is disposed.</summary>
    public static async Task<EchoPeer> ServeAsync(GrpcImplementation language, CancellationToken stop)
    {
        var process = Start(language, "serve");
        var line = await process.StandardOutput.ReadLineAsync(stop);
        if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            Assert.Fail($"{language} does not serve: {line}{await process.StandardError.ReadToEndAsync(stop)}");
        return new EchoPeer(process) { Port = port };
    }

    /// <summary>Has a peer hold every conversation; what it says of each.</summary>
    /// <param name="binaryValues">Up to three values of one binary metadata key.</param>
    public static async Task<IReadOnlyList<string>> CallAsync(
        GrpcImplementation language,
        int port,
        int binaryValues,
        CancellationToken stop
    )
    {
        using var process = Start(language, "call", $"{port}", $"{binaryValues}");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (output + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The end of its input is the end of a server.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(GrpcImplementation language, params string[] arguments)
    {
        var (program, script) = language switch
        {
            GrpcImplementation.CCore => ("/usr/bin/python3", "echo.py"),
            GrpcImplementation.NodeJs => ("node", "echo.js"),
            _ => throw new ArgumentOutOfRangeException(nameof(language), language, "is no program"),
        };
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(Root(), "artifacts", "grpc-js", "node_modules");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", "Peers", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Top of the repository, where <c>./dev test</c> installs what Node needs.</summary>
    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Lateen.slnx")))
            at = Path.GetDirectoryName(at)!;
        return at;
    }
}
