// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Smuggling;

/// <summary>
/// An upstream that notes every request it could make out, by rules of its own that know no mercy: what it notes as a request was
/// clean. Answers each with 200, or with what it is told.
/// </summary>
internal sealed partial class Recorder : IDisposable
{
    private readonly ScriptedServer _server;
    private readonly List<string> _requests = [];
    private readonly Dictionary<string, string> _heads = [];
    private int _ended;

    /// <param name="answer">Bytes that answer every request but the neighbour's; null for 200.</param>
    /// <param name="reset">The connection is reset behind the answer; else it ends.</param>
    public Recorder(string? answer = null, bool reset = false)
    {
        _server = new ScriptedServer(
            (_, socket, _) =>
            {
                try
                {
                    Serve(socket, answer, reset);
                }
                finally
                {
                    lock (_requests)
                    {
                        _ended++;
                        Monitor.PulseAll(_requests);
                    }
                }
            }
        );
    }

    public int Port => _server.Port;

    /// <summary>What came, as <c>POST /path body</c>; waits until so many connections have ended.</summary>
    public string[] Requests(long connections)
    {
        lock (_requests)
        {
            while (_ended < connections)
                Assert.True(Monitor.Wait(_requests, TimeSpan.FromSeconds(10)), $"{_ended} of {connections} have ended");
            return [.. _requests.Where(static request => request != "GET /neighbour")];
        }
    }

    /// <summary>The head of the request that was noted so.</summary>
    public string Head(string request) => _heads[request];

    public void Dispose() => _server.Dispose();

    private void Serve(Socket socket, string? answer, bool reset)
    {
        while (true)
        {
            var head = ScriptedServer.ReadUntil(socket, "\r\n\r\n");
            if (head is null)
                return;
            var request = Read(socket, head);
            lock (_requests)
            {
                _requests.Add(request);
                _heads[request] = head;
            }
            if (request == "GET /neighbour" || answer is null)
            {
                ScriptedServer.Send(socket, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
                continue;
            }
            ScriptedServer.Send(socket, answer);
            if (reset)
                socket.LingerState = new LingerOption(true, 0);
            return;
        }
    }

    /// <summary>The request as it is noted; what is wrong with it, if something is.</summary>
    private static string Read(Socket socket, string head)
    {
        var lines = head[..^4].Split("\r\n");
        if (!RequestLine().IsMatch(lines[0]))
            return $"BAD LINE {lines[0]}";
        if (Array.Find(lines[1..], static line => !HeaderLine().IsMatch(line)) is { } bad)
            return $"BAD HEADER {bad}";
        var headers = lines[1..].Select(static line => line.Split(": ", 2)).ToLookup(p => p[0], p => p[1]);
        var lengths = headers["content-length"].ToArray();
        var codings = headers["transfer-encoding"].ToArray();
        if (headers["host"].Count() != 1 || lengths.Length + codings.Length > 1)
            return $"BAD FRAMING {head}";
        var name = lines[0][..^" HTTP/1.1".Length];
        var body =
            codings.Length > 0 ? ReadChunks(socket)
            : lengths.Length > 0 ? ReadBytes(socket, int.Parse(lengths[0], CultureInfo.InvariantCulture))
            : "";
        return body is null ? $"INCOMPLETE {name}"
            : body.Length == 0 ? name
            : $"{name} {body}";
    }

    private static string? ReadBytes(Socket socket, int length)
    {
        var body = new StringBuilder();
        var one = new byte[1];
        while (body.Length < length)
        {
            try
            {
                if (socket.Receive(one) == 0)
                    return null;
            }
            catch (SocketException)
            {
                return null;
            }
            body.Append((char)one[0]);
        }
        return body.ToString();
    }

    private static string? ReadChunks(Socket socket)
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = ScriptedServer.ReadUntil(socket, "\r\n");
            if (line is null)
                return null;
            if (!ChunkSize().IsMatch(line[..^2]))
                return $"BAD CHUNK {line}";
            var length = int.Parse(line[..^2], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return ReadTrailers(socket) is { } trailers ? body + trailers : null;
            if (ReadBytes(socket, length) is not { } chunk || ReadBytes(socket, 2) is not { } end)
                return null;
            if (end != "\r\n")
                return "BAD CHUNK END";
            body.Append(chunk);
        }
    }

    private static string? ReadTrailers(Socket socket)
    {
        var trailers = new StringBuilder();
        while (ScriptedServer.ReadUntil(socket, "\r\n") is { } line)
        {
            if (line == "\r\n")
                return trailers.ToString();
            if (!HeaderLine().IsMatch(line[..^2]))
                return $"BAD TRAILER {line}";
            trailers.Append($" {line[..^2]}");
        }
        return null;
    }

    [GeneratedRegex(@"\A[A-Z]+ [!-~]+ HTTP/1\.1\z", RegexOptions.None, 1000)]
    private static partial Regex RequestLine();

    // Lower case is how this proxy writes names; anything else would be a name that was not understood.
    [GeneratedRegex(@"\A[-!#$%&'*+.^_`|~0-9a-z]+: [\t -~\x80-\xff]*\z", RegexOptions.None, 1000)]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"\A[0-9a-f]{1,8}\z", RegexOptions.None, 1000)]
    private static partial Regex ChunkSize();
}
