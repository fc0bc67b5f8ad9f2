// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Lateen.Bench;

/// <summary>wrk, h2load and openssl on core 1, where the backend is; most with the headers of an ordinary browser request.</summary>
internal static partial class LoadGenerator
{
    private const int Core = 1;

    /// <summary>Sent by every generator where nothing else is said.</summary>
    public const string Path = "/api/items/42?page=2";

    private static readonly string[] s_headers =
    [
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
        "Accept-Encoding: gzip, deflate, br",
        "Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark",
        "Cache-Control: max-age=0",
    ];

    /// <summary>HTTP/1.1 in a closed loop: requests answered; any answer but 2xx is an error.</summary>
    /// <param name="padding">Bytes that each request is made longer by.</param>
    public static async Task<long> WrkAsync(string url, int connections, int seconds, int padding = 0)
    {
        List<string> arguments = ["wrk", "-t1", $"-c{connections}", $"-d{seconds}s"];
        arguments.AddRange(["-H", "Host: bench.local"]);
        arguments.AddRange(s_headers.SelectMany(static header => new[] { "-H", header }));
        if (padding > 0)
            arguments.AddRange(["-H", $"X-Padding: {new string('x', padding)}"]);
        var report = await RunAsync([.. arguments, url]);
        if (
            report.Contains("Non-2xx", StringComparison.Ordinal)
            || report.Contains("Socket errors", StringComparison.Ordinal)
        )
            throw new InvalidOperationException($"requests to {url} failed:\n{report}");
        return long.Parse(Requests().Match(report).Groups["n"].Value);
    }

    /// <summary>HTTP/2 in a closed loop: requests answered; any that was not answered with 2xx is an error.</summary>
    public static async Task<long> Http2Async(string url, int connections, int streams, int seconds)
    {
        List<string> arguments = ["h2load", "-t1", $"-c{connections}", $"-m{streams}", "-D", $"{seconds}"];
        arguments.AddRange(["-H", ":authority: bench.local"]);
        arguments.AddRange(s_headers.SelectMany(static header => new[] { "-H", header }));
        return Answered(await RunAsync([.. arguments, url]), url);
    }

    /// <summary>
    /// HTTP/1.1 at a rate, which connections share in turns, ahead of whatever else runs on the core: the latency that 99 of
    /// 100 requests stay below.
    /// </summary>
    public static async Task<TimeSpan> SteadyAsync(
        string url,
        int connections,
        int perSecond,
        int seconds,
        WorkDirectory directory
    )
    {
        var log = System.IO.Path.Combine(directory.Path, "latencies.log");
        List<string> arguments = [.. Urgent.Prefix, "h2load", "--h1", "-t1", "-c", $"{connections}"];
        arguments.AddRange(["-n", $"{connections * perSecond * seconds}", "--rps", $"{perSecond}"]);
        // Connections that begin together would send together.
        arguments.AddRange(["-r", "1", "--rate-period", "3ms", "--log-file", log]);
        arguments.AddRange(s_headers.SelectMany(static header => new[] { "-H", header }));
        Answered(await RunAsync([.. arguments, url]), url);
        // Start time, status, microseconds to the end of the response.
        var lines = await File.ReadAllLinesAsync(log);
        var latencies = lines.Select(static line => int.Parse(line.Split('\t')[2])).Order().ToList();
        File.Delete(log);
        return TimeSpan.FromMicroseconds(latencies[latencies.Count * 99 / 100]);
    }

    /// <summary>New TLS connections at a rate, each for one request: how many were answered; any that was not is an error.</summary>
    public static async Task<long> NewConnectionsAsync(string url, int perSecond, int seconds)
    {
        var count = $"{perSecond * seconds}";
        List<string> arguments = ["h2load", "--h1", "-t1", "-c", count, "-n", count];
        arguments.AddRange(["-r", "1", "--rate-period", $"{1000 / perSecond}ms"]);
        return Answered(await RunAsync([.. arguments, url]), url);
    }

    /// <summary>Full TLS 1.3 handshakes, each with one request, from several clients at a time: how many there were.</summary>
    public static async Task<long> HandshakesAsync(int port, int clients, int seconds)
    {
        // The tool puts the path into a request of HTTP/1.0; what stands behind it here makes it one of HTTP/1.1.
        const string Request = $"{Path} HTTP/1.1\r\nHost: bench.local\r\nConnection: close\r\nX-Rest:";
        string[] arguments =
        [
            "openssl",
            "s_time",
            "-connect",
            $"127.0.0.1:{port}",
            "-new",
            "-tls1_3",
            "-time",
            $"{seconds}",
            "-www",
            Request,
        ];
        var reports = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => RunAsync(arguments)));
        var total = 0L;
        foreach (var report in reports)
        {
            var match = Handshakes().Match(report);
            // Answers of 1 KiB have been read to their end, or something else came.
            if (!match.Success || int.Parse(match.Groups["bytes"].Value) < 1024)
                throw new InvalidOperationException($"handshakes with port {port} failed:\n{report}");
            total += long.Parse(match.Groups["n"].Value);
        }
        return total;
    }

    private static long Answered(string report, string url)
    {
        var codes = Http2Codes().Match(report);
        if (!codes.Success || !report.Contains(" 0 failed, 0 errored", StringComparison.Ordinal))
            throw new InvalidOperationException($"requests to {url} failed:\n{report}");
        return long.Parse(codes.Groups["n"].Value);
    }

    /// <summary>What the generator printed.</summary>
    private static async Task<string> RunAsync(string[] command)
    {
        var start = new ProcessStartInfo("taskset", ["-c", $"{Core}", .. command])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process =
            Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} cannot be started");
        var errors = process.StandardError.ReadToEndAsync();
        var report = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return report + await errors;
    }

    [GeneratedRegex(@"(?<n>\d+) requests in", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests();

    [GeneratedRegex(
        @"status codes: (?<n>\d+) 2xx, 0 3xx, 0 4xx, 0 5xx",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Http2Codes();

    [GeneratedRegex(
        @"(?<n>\d+) connections in \d+ real seconds, (?<bytes>\d+) bytes read per connection",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Handshakes();
}
