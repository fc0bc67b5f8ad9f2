// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace DataPlane.Tests.Agent;

/// <summary>The server's end of one ADS stream: a test reads what the client says and answers it.</summary>
internal sealed class AdsPeer<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requests,
    IServerStreamWriter<TResponse> responses,
    CancellationToken gone
)
    where TRequest : class
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next request; the test fails when there is none.</summary>
    public async Task<TRequest> ReadAsync()
    {
        Assert.True(await requests.MoveNext(gone).WaitAsync(s_patience), "the client ended the stream");
        return requests.Current;
    }

    /// <summary>Every request up to the end of the stream, however long the client is quiet.</summary>
    public async IAsyncEnumerable<TRequest> ReadAllAsync()
    {
        while (await requests.MoveNext(gone))
            yield return requests.Current;
    }

    public Task SendAsync(TResponse response) => responses.WriteAsync(response, gone);

    /// <summary>Ends the stream: well, or with a status.</summary>
    public void End(StatusCode? status = null)
    {
        if (status is { } code)
            _end.TrySetException(new RpcException(new Status(code, "scripted")));
        else
            _end.TrySetResult();
    }

    /// <summary>Holds the call open until the script ends it.</summary>
    public Task HoldAsync() => _end.Task.WaitAsync(gone);
}
