// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using DataPlane.Tests.Net;
using Lateen.Net;
using Lateen.Net.Async;
using Lateen.Net.Loop;
using Lateen.Net.Streams;
using Lateen.Net.Tls;

namespace DataPlane.Tests.Tls;

/// <summary>A loop that serves and dials TLS, an authority, and the outcomes of the handshakes so far.</summary>
[SuppressMessage("Security", "CA5359", Justification = "What is tested is the other side.")]
public sealed class TlsFixture : IDisposable
{
    private readonly LoopFixture _loop = new();

    public TestAuthority Authority { get; } = new();

    public LoopFixture Loop => _loop;

    /// <summary>Outcomes at the server, in order of completion.</summary>
    public System.Threading.Channels.Channel<Handshake> Handshakes { get; } =
        System.Threading.Channels.Channel.CreateUnbounded<Handshake>();

    /// <summary>What the server's handshakes use; a test may exchange it while connections come.</summary>
    public TlsContext? Server { get; set; }

    public TlsContext ServerContext(params TestCertificate[] certificates) =>
        ServerContext(options => options, certificates);

    public TlsContext ServerContext(Func<TlsOptions, TlsOptions> change, params TestCertificate[] certificates) =>
        TlsContext.Create(
            change(
                new TlsOptions
                {
                    Role = TlsRole.Server,
                    Certificates = certificates.Select(static one => one.ForLateen).ToArray(),
                }
            )
        );

    /// <summary>Trusts the fixture's authority and asks for TLS up to 1.3.</summary>
    public TlsContext ClientContext(Func<TlsOptions, TlsOptions>? change = null)
    {
        var options = new TlsOptions
        {
            Role = TlsRole.Client,
            MaxVersion = TlsVersion.Tls13,
            Validation = new PeerValidation { TrustedRoots = Authority.Pem },
        };
        return TlsContext.Create(change is null ? options : change(options));
    }

    /// <summary>Serves TLS with <see cref="Server"/>: echoes unless told otherwise.</summary>
    public async Task<NetAddress> Serve(TlsContext server, Func<ByteStream, LoopTask<int>>? handler = null)
    {
        Server = server;
        return await _loop.Serve(Accept);

        async LoopTask<int> Accept(ByteStream stream)
        {
            var outcome = await stream.HandshakeAsync(Server!);
            Handshakes.Writer.TryWrite(new Handshake(outcome, stream.Tls, stream.TlsFailure, stream.TlsFailureReason));
            if (outcome == TlsOutcome.Established)
                return await (handler ?? LoopFixture.Echo)(stream);
            stream.Close();
            return -1;
        }
    }

    /// <summary>The server's view of the next handshake.</summary>
    public async Task<Handshake> NextHandshake() =>
        await Handshakes
            .Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);

    /// <summary>Our client: connects, asks, and returns what came back, with the handshake's outcome.</summary>
    public Task<(Handshake Handshake, string Answer)> Ask(
        NetAddress at,
        TlsContext context,
        string question = "ahoy",
        TlsClientOptions? options = null
    ) => _loop.OnLoop(() => AskOnLoop(at, context, question, options));

    /// <summary>.NET's client, its handshake done.</summary>
    public static async Task<SslStream> Dial(NetAddress at, SslClientAuthenticationOptions? options = null)
    {
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(at.ToIPAddress()!, at.Port), TestContext.Current.CancellationToken);
        var stream = new SslStream(socket.GetStream());
        try
        {
            await stream
                .AuthenticateAsClientAsync(options ?? AnyServer(), TestContext.Current.CancellationToken)
                .WaitAsync(LoopFixture.Patience, TestContext.Current.CancellationToken);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
        return stream;
    }

    public static SslClientAuthenticationOptions AnyServer(
        string host = "localhost",
        SslProtocols protocols = SslProtocols.None
    ) =>
        new()
        {
            TargetHost = host,
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };

    public void Dispose()
    {
        _loop.Dispose();
        Authority.Dispose();
    }

    private async LoopTask<(Handshake Handshake, string Answer)> AskOnLoop(
        NetAddress at,
        TlsContext context,
        string question,
        TlsClientOptions? options
    )
    {
        var stream = _loop.Loop.Connect(at)!;
        await stream.ConnectAsync();
        var outcome = await stream.HandshakeAsync(context, options);
        var handshake = new Handshake(outcome, stream.Tls, stream.TlsFailure, stream.TlsFailureReason);
        var answer = "";
        if (outcome == TlsOutcome.Established)
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(question));
            while (stream.Input.Length < question.Length && await stream.ReadAsync() > 0) { }
            answer = System.Text.Encoding.ASCII.GetString(stream.Input);
        }
        stream.Close();
        return (handshake, answer);
    }
}

/// <summary>How a handshake went, as one side saw it.</summary>
/// <param name="Reason">As access logs have it.</param>
public sealed record Handshake(TlsOutcome Outcome, TlsConnection? Connection, string Failure, string Reason);
