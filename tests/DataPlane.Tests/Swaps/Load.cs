// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace DataPlane.Tests.Swaps;

/// <summary>
/// Requests through a proxy, until there were as many as asked for and nobody wants more, by clients of several kinds that are not ours. They check who serves them, and
/// remember which certificates they saw. Every request counts, and each that fails is told.
/// </summary>
internal sealed class Load(int least, int port, Identities identities)
{
    private static readonly byte[] s_body = new byte[2000];

    private readonly ConcurrentDictionary<string, byte> _serials = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly SortedDictionary<int, TaskCompletionSource> _marks = [];
    private readonly Lock _gate = new();
    private int _begun;
    private volatile bool _mayEnd;
    private int _ended;

    public IReadOnlyCollection<string> Failures => _failures;

    public int Ended => Volatile.Read(ref _ended);

    public bool Saw(string serial) => _serials.ContainsKey(serial);

    /// <summary>Nobody needs the load any more: it ends once it has made the requests that it owes.</summary>
    public void End() => _mayEnd = true;

    /// <summary>Completes when so many requests have ended.</summary>
    public Task ReachedAsync(int requests)
    {
        lock (_gate)
        {
            if (!_marks.TryGetValue(requests, out var mark))
                _marks[requests] = mark = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_ended >= requests)
                mark.TrySetResult();
            return mark.Task;
        }
    }

    /// <summary>One connection, or as many as there are requests at a time; returns how many requests it made.</summary>
    /// <param name="host">Whose filter chain it comes to.</param>
    /// <param name="streams">Requests at a time, over HTTP/2.</param>
    /// <param name="closes">Each request has a connection of its own.</param>
    public async Task<int> RunAsync(string host, int version = 1, int streams = 1, bool closes = false)
    {
        using var client = Client(version);
        var made = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => AskOnAsync()));
        return made.Sum();

        async Task<int> AskOnAsync()
        {
            var count = 0;
            while (TryBegin())
                await AskAsync(client, host, closes, hasBody: ++count % 5 == 0);
            return count;
        }
    }

    /// <summary>A request on a connection of its own, for who wants to know what is in force; null where it failed.</summary>
    public async Task<HttpResponseMessage?> ProbeAsync(string host, int version)
    {
        Interlocked.Increment(ref _begun);
        using var client = Client(version);
        return await AskAsync(client, host, closes: false, hasBody: false);
    }

    private bool TryBegin() => Interlocked.Increment(ref _begun) <= least || !_mayEnd;

    private async Task<HttpResponseMessage?> AskAsync(HttpClient client, string host, bool closes, bool hasBody)
    {
        using var request = new HttpRequestMessage(
            hasBody ? HttpMethod.Post : HttpMethod.Get,
            $"https://{host}:{port}/"
        );
        request.Headers.ConnectionClose = closes ? true : null;
        request.Content = hasBody ? new ByteArrayContent(s_body) : null;
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        HttpResponseMessage? answered = null;
        try
        {
            var answer = await client.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.OK && text == $"{(hasBody ? s_body.Length : 0)}")
                answered = answer;
            else
                _failures.Enqueue($"{request.Method} {request.Version}: {(int)answer.StatusCode} {text}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            _failures.Enqueue($"{request.Method} {request.Version} to {host}: {failure.GetBaseException().Message}");
        }
        OnEnded();
        return answered;
    }

    private void OnEnded()
    {
        lock (_gate)
        {
            var ended = ++_ended;
            if (_marks.TryGetValue(ended, out var mark))
                mark.TrySetResult();
        }
    }

    private HttpClient Client(int version) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = ConnectAsync,
                SslOptions = new SslClientAuthenticationOptions
                {
                    // Each connection checks, and shows, what is in force.
                    AllowTlsResume = false,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = Check,
                    LocalCertificateSelectionCallback = (_, _, _, _, _) => identities.Client,
                },
            }
        )
        {
            DefaultRequestVersion = version == 1 ? HttpVersion.Version11 : HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(20),
        };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (
            certificate is not X509Certificate2 server
            || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || !identities.Trusts(server)
        )
            return false;
        _serials.TryAdd(server.SerialNumber, 0);
        return true;
    }
}
