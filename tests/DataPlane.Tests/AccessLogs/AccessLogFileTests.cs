// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using CsCheck;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Formatting;
using Lateen.Proxy.Streams;

namespace DataPlane.Tests.AccessLogs;

public sealed class AccessLogFileTests : IDisposable
{
    private static readonly SubstitutionFormat s_line = SubstitutionFormat.Parse(
        "%RESPONSE_CODE% " + new string('x', 1000) + "\n"
    );

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lateen-log-");
    private readonly StreamInfo _stream = new();

    private string LogPath => Path.Combine(_folder.FullName, "access.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_full_ring_drops_lines_counts_them_and_holds_up_nobody()
    {
        // Nobody reads this pipe yet, so the writer's thread hangs in its first open.
        using (var mkfifo = Process.Start("mkfifo", LogPath))
            mkfifo.WaitForExit();
        const int Lines = 1000;
        var writer = new AccessLogWriter(workers: 1);
        var file = writer.Open(LogPath);
        for (var i = 0; i < Lines; i++)
            Log(file, i);
        var fitting = LogRing.Size / 1005;
        Assert.InRange(file.Dropped, Lines - fitting - 10, Lines - fitting + 10);
        Assert.Equal(file.Dropped, writer.Dropped);

        // Once somebody reads, everything that was kept arrives whole and in order.
        var heard = new List<string>();
        var reader = new Thread(() => heard.AddRange(File.ReadLines(LogPath)));
        reader.Start();
        writer.Dispose();
        reader.Join();
        Assert.Equal(Lines - file.Dropped, heard.Count);
        Assert.Equal(
            Enumerable.Range(0, heard.Count).Select(static i => $"{i} "),
            heard.Select(static line => line[..(line.IndexOf(' ') + 1)])
        );
    }

    [Fact]
    public void Lines_up_to_the_last_are_written_when_the_writer_ends()
    {
        for (var round = 0; round < 20; round++)
        {
            File.Delete(LogPath);
            var writer = new AccessLogWriter(workers: 2);
            var file = writer.Open(LogPath);
            Log(file, 1);
            writer.Reopen(); // sets the thread to work while the next line comes
            Log(file, 2, worker: 1);
            writer.Dispose();
            Assert.Equal(2, File.ReadAllLines(LogPath).Length);
        }
    }

    [Fact]
    public void After_a_rotation_lines_go_into_a_new_file()
    {
        var writer = new AccessLogWriter(workers: 1);
        var file = writer.Open(LogPath);
        Log(file, 1);
        using (var watcher = new FileWatch(_folder.FullName))
        {
            writer.Reopen();
            watcher.WaitFor(LogPath);
        }
        File.Move(LogPath, LogPath + ".1");
        writer.Reopen();
        Log(file, 2);
        writer.Dispose();
        Assert.Equal(
            ["1", "2"],
            new[] { LogPath + ".1", LogPath }.Select(static path => File.ReadAllText(path).Split(' ')[0])
        );
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_counted_and_tried_again()
    {
        var path = Path.Combine(_folder.FullName, "not-there", "access.log");
        var writer = new AccessLogWriter(workers: 1);
        var file = writer.Open(path);
        Log(file, 1);
        writer.Reopen();
        Assert.True(SpinWait.SpinUntil(() => writer.Failures > 0, TimeSpan.FromSeconds(10)));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Log(file, 2);
        writer.Dispose();
        Assert.Equal(2, File.ReadAllLines(path).Length); // what waited is not lost
    }

    [Fact]
    public void Two_logs_of_one_path_share_the_file()
    {
        using var writer = new AccessLogWriter(workers: 1);
        Assert.Same(writer.Open(LogPath), writer.Open(LogPath));
    }

    [Fact]
    public void A_ring_gives_back_what_it_took_in_order() =>
        Gen.Select(Gen.Int[1, 60_000], Gen.Bool)
            .Array[1, 60]
            .Sample(steps =>
            {
                var ring = new LogRing();
                using MemoryStream taken = new(),
                    got = new();
                var value = 0;
                foreach (var (length, drain) in steps)
                {
                    var line = new byte[length];
                    for (var i = 0; i < length; i++)
                        line[i] = (byte)(value + i);
                    if (ring.TryWrite(line))
                    {
                        taken.Write(line);
                        value += length;
                    }
                    else if (ring.Length + length <= LogRing.Size)
                    {
                        return false;
                    }
                    if (drain)
                        ring.DrainTo(got);
                }
                ring.DrainTo(got);
                return ring.Length == 0 && got.ToArray().AsSpan().SequenceEqual(taken.ToArray());
            });

    [Fact]
    public void A_writer_and_a_reader_at_once_lose_nothing()
    {
        const int Lines = 100_000;
        var ring = new LogRing();
        using var got = new MemoryStream();
        var reader = new Thread(() =>
        {
            while (got.Length < Lines * 8)
                ring.DrainTo(got);
        });
        reader.Start();
        Span<byte> line = stackalloc byte[8];
        for (var i = 0; i < Lines; i++)
        {
            Encoding.ASCII.TryGetBytes($"{i:d7}\n", line, out _);
            while (!ring.TryWrite(line)) { }
        }
        reader.Join();
        var lines = Encoding.ASCII.GetString(got.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, Lines), lines.Select(int.Parse));
    }

    private void Log(AccessLogFile file, int code, int worker = 0)
    {
        _stream.ResponseCode = code;
        file.Log(worker, s_line, _stream);
    }

    /// <summary>Waits until a file has been written.</summary>
    private sealed class FileWatch : IDisposable
    {
        private readonly FileSystemWatcher _watcher;
        private readonly AutoResetEvent _changed = new(false);

        public FileWatch(string folder)
        {
            _watcher = new FileSystemWatcher(folder) { EnableRaisingEvents = true };
            _watcher.Changed += (_, _) => _changed.Set();
        }

        public void WaitFor(string path)
        {
            while (!File.Exists(path) || new FileInfo(path).Length == 0)
                Assert.True(_changed.WaitOne(TimeSpan.FromSeconds(10)), $"{path} was not written");
        }

        public void Dispose()
        {
            _watcher.Dispose();
            _changed.Dispose();
        }
    }
}
