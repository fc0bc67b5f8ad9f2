// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;

namespace DataPlane.Tests.Interop;

/// <summary>Holds, with Grpc.Net.Client, the conversations that the peers of other languages hold.</summary>
internal sealed class EchoClient : IDisposable
{
    private const int Many = 100;
    private const int Huge = 64 * 1024 * 1024;

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private readonly CancellationToken _stop;
    private int _names;

    /// <param name="handler">What speaks HTTP; by default HTTP/2, as gRPC wants it.</param>
    public EchoClient(int port, CancellationToken stop, HttpMessageHandler? handler = null, Version? version = null)
    {
        _stop = stop;
        _channel = GrpcChannel.ForAddress(
            $"http://127.0.0.1:{port}",
            new GrpcChannelOptions
            {
                HttpHandler = handler ?? new SocketsHttpHandler { UseProxy = false },
                DisposeHttpClient = true,
                HttpVersion = version,
                MaxReceiveMessageSize = null,
                MaxSendMessageSize = null,
            }
        );
        _calls = _channel.CreateCallInvoker();
    }

    public void Dispose() => _channel.Dispose();

    /// <summary>A line for each conversation, as the other peers print them.</summary>
    /// <param name="others">Names of those that are left out.</param>
    public async Task<IReadOnlyList<string>> HoldAllAsync(params string[] others)
    {
        (string Name, Func<Task<string>> Hold)[] conversations =
        [
            ("unary", UnaryAsync),
            ("client streaming", ClientStreamingAsync),
            ("server streaming", ServerStreamingAsync),
            ("bidirectional", BidirectionalAsync),
            ("many streams", ManyStreamsAsync),
            ("huge", HugeAsync),
            ("status", StatusAsync),
            ("trailers only", TrailersOnlyAsync),
            ("metadata", MetadataAsync),
            ("cancellation", CancellationAsync),
            ("deadline", DeadlineAsync),
            ("deadline of the proxy", DeadlineOfTheProxyAsync),
            ("unavailable", UnavailableAsync),
            ("health", HealthAsync),
        ];
        var lines = new List<string>();
        foreach (var (name, hold) in conversations.Where(one => !others.Contains(one.Name, StringComparer.Ordinal)))
        {
            try
            {
                lines.Add($"{name} {await hold()}");
            }
            catch (Exception failure) when (failure is RpcException or Xunit.Sdk.XunitException)
            {
                lines.Add($"{name} FAILED {failure}");
            }
        }
        return lines;
    }

    private async Task<string> UnaryAsync()
    {
        foreach (var text in (string[])["hello", ""])
            Assert.Equal(text, await SayAsync(text));
        return "ok";
    }

    private async Task<string> ClientStreamingAsync()
    {
        foreach (
            var parts in (string[][])
                [
                    ["a", "", "bc"],
                    [],
                ]
        )
        {
            using var call = _calls.AsyncClientStreamingCall(EchoMethods.Join, null, Options());
            foreach (var part in parts)
                await call.RequestStream.WriteAsync(Bytes(part), _stop);
            await call.RequestStream.CompleteAsync();
            Assert.Equal(string.Concat(parts), Text(await call));
        }
        return "ok";
    }

    private async Task<string> ServerStreamingAsync()
    {
        foreach (var text in (string[])["abc", ""])
        {
            using var call = _calls.AsyncServerStreamingCall(EchoMethods.Split, null, Options(), Bytes(text));
            Assert.Equal(text.Select(static c => c.ToString()), await AllAsync(call.ResponseStream));
        }
        return "ok";
    }

    private async Task<string> BidirectionalAsync()
    {
        using var call = _calls.AsyncDuplexStreamingCall(EchoMethods.Talk, null, Options());
        foreach (var text in (string[])["one", string.Concat(Enumerable.Repeat("two", 10_000)), "three"])
        {
            await call.RequestStream.WriteAsync(Bytes(text), _stop);
            Assert.Equal(text, await NextAsync(call.ResponseStream));
        }
        await call.RequestStream.CompleteAsync();
        Assert.Empty(await AllAsync(call.ResponseStream));
        return "ok";
    }

    private async Task<string> ManyStreamsAsync()
    {
        var calls = Enumerable
            .Range(0, Many)
            .Select(_ => _calls.AsyncDuplexStreamingCall(EchoMethods.Talk, null, Options()))
            .ToArray();
        // Each has its answer before any of them ends: all are open at a time.
        for (var turn = 0; turn < 3; turn++)
        {
            for (var i = 0; i < Many; i++)
                await calls[i].RequestStream.WriteAsync(Bytes($"{turn} of {i}"), _stop);
            for (var i = 0; i < Many; i++)
                Assert.Equal($"{turn} of {i}", await NextAsync(calls[i].ResponseStream));
        }
        foreach (var call in calls)
        {
            await call.RequestStream.CompleteAsync();
            Assert.Empty(await AllAsync(call.ResponseStream));
            call.Dispose();
        }
        return "ok";
    }

    private async Task<string> HugeAsync()
    {
        var message = new byte[Huge];
        for (var i = 0; i < message.Length; i++)
            message[i] = (byte)i;
        using var call = _calls.AsyncUnaryCall(EchoMethods.Say, null, Options(), message);
        var answer = await call;
        Assert.True(message.AsSpan().SequenceEqual(answer), "another message came back");
        return "ok";
    }

    private async Task<string> StatusAsync()
    {
        using var call = _calls.AsyncServerStreamingCall(
            EchoMethods.Fail,
            null,
            Options(),
            Bytes("late 5 nicht da: 100 % ✓")
        );
        Assert.Equal("first", await NextAsync(call.ResponseStream));
        var failure = await Assert.ThrowsAsync<RpcException>(() => AllAsync(call.ResponseStream));
        Assert.Equal((StatusCode.NotFound, "nicht da: 100 % ✓"), (failure.StatusCode, failure.Status.Detail));
        AssertReason(failure.Trailers);
        return "ok";
    }

    private async Task<string> TrailersOnlyAsync()
    {
        var failure = await FailureAsync(EchoMethods.Fail, "early 7 not you", Options());
        Assert.Equal((StatusCode.PermissionDenied, "not you"), (failure.StatusCode, failure.Status.Detail));
        AssertReason(failure.Trailers);
        return "ok";
    }

    private async Task<string> MetadataAsync()
    {
        byte[] raw = [0, 1, 254, 255];
        var sent = new Metadata
        {
            { "x-one", "1" },
            { "x-many", "a" },
            { "x-many", "b, c" },
            { "x-many", "d" },
        };
        sent.Add("x-raw-bin", raw);
        using var call = _calls.AsyncUnaryCall(EchoMethods.Say, null, Options().WithHeaders(sent), Bytes("hello"));
        var headers = await call.ResponseHeadersAsync;
        Assert.Equal("hello", Text(await call));
        Assert.Equal("1", headers.GetValue("x-one"));
        var many = headers.GetAll("x-many").Select(static entry => entry.Value).ToArray();
        // Whoever joins lines does it with a comma.
        Assert.Equal(["a", "b", "c", "d"], string.Join(',', many).Split(',', StringSplitOptions.TrimEntries));
        Assert.Equal(raw, call.GetTrailers().GetValueBytes("x-raw-bin"));
        return $"{many.Length} lines";
    }

    private async Task<string> CancellationAsync()
    {
        var name = NextName();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        var options = Options().WithCancellationToken(cancel.Token);
        using var call = _calls.AsyncServerStreamingCall(EchoMethods.Hang, null, options, Bytes($"late {name}"));
        Assert.Equal("hanging", await NextAsync(call.ResponseStream));
        await cancel.CancelAsync();
        return await HungAsync(name);
    }

    private async Task<string> DeadlineAsync()
    {
        var name = NextName();
        var options = Options().WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300));
        var failure = await FailureAsync(EchoMethods.Hang, $"early {name}", options);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        return await HungAsync(name);
    }

    private async Task<string> DeadlineOfTheProxyAsync()
    {
        var name = NextName();
        var options = Options().WithHeaders(new Metadata { { "to", "short" } });
        var failure = await FailureAsync(EchoMethods.Hang, $"early {name}", options);
        Assert.Equal(
            (StatusCode.DeadlineExceeded, "downstream duration timeout"),
            (failure.StatusCode, failure.Status.Detail)
        );
        return await HungAsync(name);
    }

    private async Task<string> UnavailableAsync()
    {
        foreach (var where in (string[])["gone-a", "gone-b"])
        {
            var options = Options().WithHeaders(new Metadata { { "to", where } });
            var failure = await FailureAsync(EchoMethods.Split, "abc", options);
            Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
            Assert.Contains("reset reason: remote connection failure", failure.Status.Detail, StringComparison.Ordinal);
        }
        return "ok";
    }

    private async Task<string> HealthAsync()
    {
        using var call = _calls.AsyncUnaryCall(EchoMethods.Check, null, Options(), []);
        Assert.Equal(EchoMethods.Serving, await call);
        return "ok";
    }

    private async Task<string> SayAsync(string text)
    {
        using var call = _calls.AsyncUnaryCall(EchoMethods.Say, null, Options(), Bytes(text));
        return Text(await call);
    }

    /// <summary>Waits until the server knows that a call was given up.</summary>
    private async Task<string> HungAsync(string name)
    {
        using var call = _calls.AsyncUnaryCall(EchoMethods.Hung, null, Options(), Bytes(name));
        Assert.Equal("gone", Text(await call));
        return "ok";
    }

    /// <summary>The failure of a call that sends nothing before it.</summary>
    private async Task<RpcException> FailureAsync(Method<byte[], byte[]> method, string request, CallOptions options)
    {
        using var call = _calls.AsyncServerStreamingCall(method, null, options, Bytes(request));
        return await Assert.ThrowsAsync<RpcException>(() => AllAsync(call.ResponseStream));
    }

    private CallOptions Options() =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1), cancellationToken: _stop);

    private string NextName() => (++_names).ToString(CultureInfo.InvariantCulture);

    private async Task<string> NextAsync(IAsyncStreamReader<byte[]> responses)
    {
        Assert.True(await responses.MoveNext(_stop), "no more messages");
        return Text(responses.Current);
    }

    private async Task<IReadOnlyList<string>> AllAsync(IAsyncStreamReader<byte[]> responses)
    {
        var all = new List<string>();
        await foreach (var response in responses.ReadAllAsync(_stop))
            all.Add(Text(response));
        return all;
    }

    private static void AssertReason(Metadata trailers)
    {
        Assert.Equal("because", trailers.GetValue("x-reason"));
        Assert.Equal([0, 255], trailers.GetValueBytes("x-reason-bin")!);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
