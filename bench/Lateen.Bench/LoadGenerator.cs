// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Lateen.Bench;

/// <summary>wrk or h2load on one core, closed loop, with the headers of an ordinary browser request.</summary>
internal static partial class LoadGenerator
{
    private static readonly string[] s_headers =
    [
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
        "Accept-Encoding: gzip, deflate, br",
        "Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark",
        "Cache-Control: max-age=0",
    ];

    /// <summary>Requests answered; any that was not answered with 2xx is an error.</summary>
    public static async Task<long> RunAsync(int core, int port, int connections, int seconds)
    {
        var arguments = new List<string> { "-c", $"{core}", "wrk", "-t1", $"-c{connections}", $"-d{seconds}s" };
        arguments.AddRange(["-H", "Host: bench.local"]);
        foreach (var header in s_headers)
            arguments.AddRange(["-H", header]);
        arguments.Add($"http://127.0.0.1:{port}/api/items/42?page=2");
        var report = await RunAsync(arguments);
        if (
            report.Contains("Non-2xx", StringComparison.Ordinal)
            || report.Contains("Socket errors", StringComparison.Ordinal)
        )
            throw new InvalidOperationException($"the proxy on port {port} failed requests:\n{report}");
        return long.Parse(Requests().Match(report).Groups["n"].Value);
    }

    /// <inheritdoc cref="RunAsync(int, int, int, int)"/>
    public static async Task<long> RunHttp2Async(
        int core,
        int port,
        string path,
        int connections,
        int streams,
        int seconds
    )
    {
        var arguments = new List<string> { "-c", $"{core}", "h2load", "-t1", $"-c{connections}", $"-m{streams}" };
        arguments.AddRange(["-D", $"{seconds}", "-H", ":authority: bench.local"]);
        foreach (var header in s_headers)
            arguments.AddRange(["-H", header]);
        arguments.Add($"http://127.0.0.1:{port}{path}");
        var report = await RunAsync(arguments);
        var codes = Http2Codes().Match(report);
        if (!codes.Success || !report.Contains(" 0 failed, 0 errored", StringComparison.Ordinal))
            throw new InvalidOperationException($"the proxy on port {port} failed requests:\n{report}");
        return long.Parse(codes.Groups["n"].Value);
    }

    /// <summary>What the generator printed.</summary>
    private static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo("taskset", arguments) { UseShellExecute = false, RedirectStandardOutput = true }
            ) ?? throw new InvalidOperationException("the load generator cannot be started");
        var report = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return report;
    }

    [GeneratedRegex(@"(?<n>\d+) requests in", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests();

    [GeneratedRegex(
        @"status codes: (?<n>\d+) 2xx, 0 3xx, 0 4xx, 0 5xx",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Http2Codes();
}
