// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using DataPlane.Tests.Net;

namespace DataPlane.Tests.Interop;

/// <summary>Runs programs that others wrote.</summary>
internal static class Tool
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="arguments">Separated by single spaces; none of them has one inside.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <param name="keepInput">Leaves its input open behind that: the program ends by itself.</param>
    /// <returns>Its exit code, and what it printed: output, then errors.</returns>
    public static async Task<(int Code, string Output)> Run(
        string command,
        string arguments,
        string? input = null,
        bool keepInput = false
    )
    {
        var (code, output, errors) = await RunApart(command, arguments, input, keepInput);
        return (code, output + errors);
    }

    /// <summary>The same with arguments that may have spaces inside.</summary>
    public static async Task<(int Code, string Output)> RunWith(string command, string[] arguments)
    {
        var (code, output, errors) = await Finish(Start(command, arguments), null, keepInput: false);
        return (code, output + errors);
    }

    /// <inheritdoc cref="Run"/>
    public static Task<(int Code, string Output, string Errors)> RunApart(
        string command,
        string arguments,
        string? input = null,
        bool keepInput = false
    ) => Finish(Start(command, arguments), input, keepInput);

    private static async Task<(int Code, string Output, string Errors)> Finish(
        Process started,
        string? input,
        bool keepInput
    )
    {
        var stop = TestContext.Current.CancellationToken;
        using var process = started;
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input);
            if (!keepInput)
                process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read that; why, it says itself.
        }
        try
        {
            await process.WaitForExitAsync(stop).WaitAsync(LoopFixture.Patience, stop);
        }
        catch (TimeoutException)
        {
            process.Kill();
            var command = $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";
            Assert.Fail($"{command} did not end; it said: {await output}{await errors}");
        }
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a command that goes on.</summary>
    public static Process Start(string command, string arguments) =>
        Start(command, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static Process Start(string command, string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(command, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.Latin1,
            }
        )!;
}
