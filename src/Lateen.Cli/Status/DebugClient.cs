// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli.Status;

/// <summary>Asks a control plane's debug pages.</summary>
internal static class DebugClient
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <param name="address"><c>host:port</c>.</param>
    /// <exception cref="CommandFailure">It does not answer, or not with what was asked for.</exception>
    public static async Task<string> GetAsync(string address, string path, CancellationToken stop)
    {
        if (!Uri.TryCreate($"http://{address}{path}", UriKind.Absolute, out var uri))
            throw new CommandFailure(ExitCode.Usage, $"--address {address} is not host:port");
        using var http = new HttpClient { Timeout = s_timeout };
        try
        {
            using var response = await http.GetAsync(uri, stop).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
            throw new CommandFailure(
                ExitCode.Failure,
                $"{uri} answers {(int)response.StatusCode}; is that the monitoring port of a control plane?"
            );
        }
        catch (Exception failure)
            when (failure is HttpRequestException
                || (failure is OperationCanceledException && !stop.IsCancellationRequested)
            )
        {
            throw new CommandFailure(
                ExitCode.Unavailable,
                $"no control plane answers at {address} ({failure.Message}); start one with lateen serve, "
                    + "or name another with --address"
            );
        }
    }
}
