// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using Lateen.Http.Http2;

namespace DataPlane.Tests.Http2;

/// <summary>Peers that are not ours: Debian's python3-h2, python3-hpack and python3-hyperframe, over a loopback socket.</summary>
public sealed class PythonPeerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_case_holds_over_a_socket_with_another_encoder(bool streamErrors)
    {
        using var server = new CodecServer(new Http2Options { OverrideStreamErrorOnInvalidHttpMessage = streamErrors });
        string[] options = streamErrors ? ["--stream-errors"] : [];
        var output = PythonPeer.Run(
            "run_cases.py",
            ["127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), .. options]
        );
        Assert.True(output.Trim() == $"{Http2Case.All.Count} passed, 0 failed, 0 skipped", output);
    }

    [Fact]
    public void A_client_of_python3_h2_is_served()
    {
        using var server = new CodecServer(Http2Options.Default);
        var output = PythonPeer.Run("h2_client.py", ["127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(output.Trim() == "650 requests answered", output);
    }

    [Fact]
    public void A_server_of_python3_h2_is_asked()
    {
        using var process = PythonPeer.Start("h2_server.py", []);
        var port = int.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        var sizes = Enumerable.Range(0, 30).Select(i => i * i * 300).ToArray();
        var client = new Endpoint(Http2Role.Client);
        using (var socket = new TcpClient("127.0.0.1", port))
        {
            var left = new Dictionary<Http2Stream, int>();
            void Send(Http2Stream stream)
            {
                while (left[stream] >= 0)
                {
                    var taken = client.Connection.SendData(stream, new byte[left[stream]], endOfStream: true);
                    left[stream] = taken == left[stream] ? -1 : left[stream] - taken;
                    if (left[stream] >= 0)
                        return;
                }
            }
            client.OnEvent = (_, stream, line) =>
            {
                if (line == "writable")
                    Send(stream);
            };
            foreach (var size in sizes)
            {
                var stream = client.Send(
                    "POST",
                    $"/{size}",
                    endOfStream: false,
                    "user-agent: lateen",
                    $"x-size: {size}"
                );
                left[stream] = size;
                Send(stream);
            }
            var input = new byte[65_536];
            while (client.Connection.ActiveStreams > 0)
            {
                while (!client.Connection.Output.IsEmpty)
                    socket.GetStream().Write(client.TakeOutput());
                var read = socket.GetStream().Read(input);
                Assert.NotEqual(0, read);
                Assert.Equal(Http2Fault.None, client.Feed(input[..read]));
            }
        }
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal("", process.StandardError.ReadToEnd());
        for (var i = 0; i < sizes.Length; i++)
        {
            var id = (i * 2) + 1;
            var data = client.Events.Where(e => e.StartsWith($"data {id} ", StringComparison.Ordinal));
            Assert.Equal(sizes[i], data.Sum(e => e.Length - $"data {id} ".Length));
            Assert.Contains($"interim {id} 103 [link: </a>]", client.Events);
            Assert.Contains($"response {id} 200 [server: python]", client.Events);
            Assert.Contains($"trailers {id} [x-length: done] END", client.Events);
        }
    }
}
