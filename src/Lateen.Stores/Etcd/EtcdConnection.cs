// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Etcd.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Lateen.Config.Stores;

namespace Lateen.Stores.Etcd;

/// <summary>
/// Channels to the members of an etcd. Calls go to the member that answered last; where one cannot be reached, the next is asked.
/// Safe for all threads.
/// </summary>
internal sealed class EtcdConnection : IDisposable
{
    /// <summary>Longer than an election of a new leader takes.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly EtcdOptions _options;
    private readonly TimeProvider _time;
    private readonly GrpcChannel[] _channels;
    private int _current;
    private string? _token;

    public EtcdConnection(EtcdOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _channels = options.Endpoints.Select(Channel).ToArray();
    }

    /// <summary>Calls a member. A call that did not reach anybody is tried with each of them.</summary>
    /// <param name="mayRepeat">The call may run twice, so it is tried elsewhere even when it is not known whether it ran.</param>
    /// <exception cref="StoreUnavailableException">Nobody answered.</exception>
    public async Task<T> CallAsync<T>(
        Func<CallInvoker, CallOptions, AsyncUnaryCall<T>> call,
        bool mayRepeat,
        CancellationToken stop
    )
    {
        var refreshed = false;
        for (var attempt = 1; ; )
        {
            var member = Volatile.Read(ref _current);
            try
            {
                var options = new CallOptions(await HeadersAsync(member, stop).ConfigureAwait(false), Deadline(), stop);
                using var running = call(_channels[member].CreateCallInvoker(), options);
                return await running.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unauthenticated && !refreshed)
            {
                // The token has expired.
                _token = null;
                refreshed = true;
            }
            catch (RpcException failure) when (!stop.IsCancellationRequested)
            {
                if (attempt++ >= _channels.Length || !MayTryNext(failure, mayRepeat))
                    throw Unavailable(failure);
                MoveOn(member);
            }
        }
    }

    /// <summary>A member's channel, for a stream.</summary>
    public async Task<(CallInvoker Invoker, CallOptions Options, int Member)> StreamAsync(CancellationToken stop)
    {
        var member = Volatile.Read(ref _current);
        try
        {
            var headers = await HeadersAsync(member, stop).ConfigureAwait(false);
            return (_channels[member].CreateCallInvoker(), new CallOptions(headers, null, stop), member);
        }
        catch (RpcException failure) when (!stop.IsCancellationRequested)
        {
            MoveOn(member);
            throw Unavailable(failure);
        }
    }

    /// <summary>The member did not answer: the next call asks another.</summary>
    public void MoveOn(int member) =>
        Interlocked.CompareExchange(ref _current, (member + 1) % _channels.Length, member);

    public StoreUnavailableException Unavailable(RpcException failure) =>
        new(
            $"etcd at {string.Join(", ", _options.Endpoints)} does not answer: {failure.Status.Detail} ({failure.StatusCode})",
            failure
        );

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }

    private DateTime Deadline() => (_time.GetUtcNow() + s_timeout).UtcDateTime;

    private static bool MayTryNext(RpcException failure, bool mayRepeat) =>
        failure.StatusCode switch
        {
            // Before a connection stands nothing can have run.
            StatusCode.Unavailable => mayRepeat || failure.Status.DebugException is HttpRequestException,
            StatusCode.DeadlineExceeded => mayRepeat,
            _ => false,
        };

    private async Task<Metadata> HeadersAsync(int member, CancellationToken stop)
    {
        // A member that lost its leader must say so rather than answer from the past.
        var headers = new Metadata { { "hasleader", "true" } };
        if (_options.User is null)
            return headers;
        _token ??= await AuthenticateAsync(member, stop).ConfigureAwait(false);
        headers.Add("token", _token);
        return headers;
    }

    private async Task<string> AuthenticateAsync(int member, CancellationToken stop)
    {
        var password = _options.PasswordFile is { } file
            ? (await File.ReadAllTextAsync(file, stop).ConfigureAwait(false)).TrimEnd('\r', '\n')
            : "";
        var request = new AuthenticateRequest { Name = _options.User, Password = password };
        var client = new Auth.AuthClient(_channels[member]);
        var answer = await client.AuthenticateAsync(request, deadline: Deadline(), cancellationToken: stop);
        return answer.Token;
    }

    private GrpcChannel Channel(Uri endpoint)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            // A host that is gone says nothing: without these a watch would wait for ever.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            ConnectTimeout = TimeSpan.FromSeconds(3),
            UseProxy = false,
        };
        if (endpoint.Scheme == Uri.UriSchemeHttps)
            handler.SslOptions = Tls();
        return GrpcChannel.ForAddress(
            endpoint,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                // Lists are as large as the mesh.
                MaxReceiveMessageSize = null,
            }
        );
    }

    private SslClientAuthenticationOptions Tls()
    {
        var options = new SslClientAuthenticationOptions();
        if (_options.CertificateFile is { } certificate)
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, _options.KeyFile)];
        if (_options.CaFile is { } file)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(file);
            options.CertificateChainPolicy = policy;
        }
        return options;
    }
}
