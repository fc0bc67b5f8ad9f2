// SPDX-License-Identifier: Apache-2.0
using DataPlane.Tests.Net;
using Lateen.Http;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

public sealed class Http2AllocationTests
{
    [Fact]
    public void A_warm_connection_allocates_nothing()
    {
        var pair = new EchoPair();
        for (var i = 0; i < 300; i++)
            pair.RunRequest();
        var allocated = Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                pair.RunRequest();
        });
        Assert.Equal(0, allocated);
        Assert.Equal(300 + (Allocations.Batches * 1000), pair.Answered);
    }

    /// <summary>A client and a server that exchange one request with a body and its response, over and over.</summary>
    private sealed class EchoPair : IHttp2Handler
    {
        private readonly Http2Connection _client;
        private readonly Http2Connection _server;
        private readonly RequestHead _sent = new();
        private readonly RequestHead _received = new();
        private readonly ResponseHead _response = new();
        private readonly ResponseHead _answer = new();
        private readonly HeaderMap _trailers = new();
        private readonly byte[] _body = new byte[1000];
        private readonly byte[] _input = new byte[100_000];
        private int _count;

        public EchoPair()
        {
            var workspace = new Http2Workspace();
            _client = new Http2Connection(Http2Role.Client, Http2Options.Default, workspace, new Http2Counters(), this);
            _server = new Http2Connection(Http2Role.Server, Http2Options.Default, workspace, new Http2Counters(), this);
            _client.Start(0);
            _server.Start(0);
            Exchange();
        }

        public int Answered { get; private set; }

        public void RunRequest()
        {
            _sent.Clear();
            _sent.SetMethod("POST"u8);
            _sent.SetScheme("http"u8);
            _sent.SetAuthority("cart.shop.svc:8080"u8);
            _sent.SetPath("/items"u8);
            _sent.Headers.Add("user-agent"u8, "lateen"u8);
            Span<byte> id = stackalloc byte[20];
            _count++.TryFormat(id, out var length);
            _sent.Headers.Add(KnownHeader.XRequestId, id[..length]);
            var stream = _client.Open();
            stream.Response = _answer;
            _client.SendRequest(stream, _sent, _body.Length, endOfStream: false);
            _client.SendData(stream, _body, endOfStream: true);
            Exchange();
        }

        public RequestHead? OnOpening(Http2Stream stream) => _received;

        public void OnRequest(Http2Stream stream, bool endOfStream) { }

        public void OnInterim(Http2Stream stream) { }

        public void OnResponse(Http2Stream stream, bool endOfStream) { }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endOfStream)
        {
            var isServer = stream.Response is null;
            (isServer ? _server : _client).ReleaseReceived(stream, data.Length);
            if (!endOfStream || !isServer)
                return;
            _response.Clear();
            _response.Status = 200;
            _response.Headers.Add("content-type"u8, "application/grpc"u8);
            _server.SendResponse(stream, _response, -1, endOfStream: false);
            _server.SendData(stream, _body, endOfStream: false);
            _trailers.Clear();
            _trailers.Add(KnownHeader.GrpcStatus, "0"u8);
            _server.SendTrailers(stream, _trailers);
            _server.Release(stream);
        }

        public void OnTrailers(Http2Stream stream)
        {
            Answered++;
            _client.Release(stream);
        }

        public void OnReset(Http2Stream stream, Http2ErrorCode code) => throw new InvalidOperationException($"{code}");

        public void OnWritable(Http2Stream stream) { }

        public void OnSettings() { }

        public void OnPingAnswered(ulong payload) { }

        public void OnGoAway(uint lastStreamId, Http2ErrorCode code) { }

        private void Exchange()
        {
            while (Move(_client, _server) | Move(_server, _client)) { }
        }

        private bool Move(Http2Connection from, Http2Connection to)
        {
            var count = from.Output.Length;
            if (count == 0)
                return false;
            from.Output.CopyTo(_input);
            from.OnWritten(count);
            var fault = to.Receive(_input.AsSpan(0, count), 0, out var consumed);
            return fault == Http2Fault.None && consumed == count
                ? true
                : throw new InvalidOperationException($"{fault}");
        }
    }
}
