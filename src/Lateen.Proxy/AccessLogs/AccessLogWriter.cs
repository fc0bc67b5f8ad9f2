// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Lateen.Proxy.Overload;

namespace Lateen.Proxy.AccessLogs;

/// <summary>
/// The thread that writes access logs: once a second (Envoy <c>--file-flush-interval-msec</c> has 10 s), at once when much
/// has come together, and not at all while nothing is logged.
/// </summary>
public sealed class AccessLogWriter : IDisposable
{
    private static readonly TimeSpan s_flushInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, AccessLogFile> _files = new(StringComparer.Ordinal);
    private readonly AutoResetEvent _work = new(false);
    private readonly AutoResetEvent _urgent = new(false);
    private readonly int _workers;
    private Thread? _thread;
    private int _pending;
    private int _reopen;
    private volatile bool _stopping;
    private long _failures;

    /// <param name="runtime">Where filters find their numbers; none by default.</param>
    public AccessLogWriter(int workers, RuntimeValues? runtime = null)
    {
        _workers = workers;
        Runtime = runtime ?? new RuntimeValues(new Dictionary<string, string>());
    }

    public RuntimeValues Runtime { get; }

    /// <summary>Lines lost, over all files.</summary>
    public long Dropped => _files.Values.Sum(static file => file.Dropped);

    /// <summary>Times that a file could not be written.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The file of a path; the same one for every log that names it.</summary>
    public AccessLogFile Open(string path)
    {
        var file = _files.GetOrAdd(path, static (path, self) => new AccessLogFile(self, path, self._workers), this);
        if (Interlocked.CompareExchange(ref _thread, null, null) is null)
            StartThread();
        return file;
    }

    /// <summary>Opens all files anew, as after a rotation of logs (Envoy <c>POST /reopen_logs</c>).</summary>
    public void Reopen()
    {
        Volatile.Write(ref _reopen, 1);
        OnWritten(isUrgent: true);
    }

    /// <summary>Wakes the thread; costs a system call for the first line of an interval only.</summary>
    internal void OnWritten(bool isUrgent)
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
            _work.Set();
        if (isUrgent)
            _urgent.Set();
    }

    public void Dispose()
    {
        _stopping = true;
        _work.Set();
        _urgent.Set();
        _thread?.Join();
        foreach (var file in _files.Values)
            file.Close();
        _work.Dispose();
        _urgent.Dispose();
    }

    private void StartThread()
    {
        var thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "access-log" };
        if (Interlocked.CompareExchange(ref _thread, thread, null) is null)
            thread.Start();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _work.WaitOne();
            if (!_stopping)
                _urgent.WaitOne(s_flushInterval);
            FlushAll();
        }
        // Lines that came while the last round ended.
        FlushAll();
    }

    private void FlushAll()
    {
        Interlocked.Exchange(ref _pending, 0);
        var reopen = Interlocked.Exchange(ref _reopen, 0) != 0;
        foreach (var file in _files.Values)
            Flush(file, reopen);
    }

    private void Flush(AccessLogFile file, bool reopen)
    {
        try
        {
            if (reopen)
                file.Close();
            file.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A full or missing disk must not stop traffic; the count is in /stats (filesystem.write_failed).
            Interlocked.Increment(ref _failures);
        }
    }
}
