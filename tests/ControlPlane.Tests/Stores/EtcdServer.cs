// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Lateen.Config.Stores;
using Lateen.Stores.Etcd;

namespace ControlPlane.Tests.Stores;

/// <summary>Debian's etcd, a cluster of one, on loopback.</summary>
public sealed class EtcdServer : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-etcd");
    private readonly int _port = FreePorts.Next();
    private readonly int _peerPort = FreePorts.Next();
    private Process? _process;
    private int _prefixes;

    public EtcdServer() => Start();

    /// <summary>A part of the server that nobody else uses.</summary>
    public EtcdOptions NewMesh() =>
        EtcdOptions.Parse($"etcd://127.0.0.1:{_port}?prefix=/test-{Interlocked.Increment(ref _prefixes)}");

    public void Start()
    {
        var start = new ProcessStartInfo(
            "etcd",
            [
                "--data-dir",
                _directory.FullName,
                "--listen-client-urls",
                $"http://127.0.0.1:{_port}",
                "--advertise-client-urls",
                $"http://127.0.0.1:{_port}",
                "--listen-peer-urls",
                $"http://127.0.0.1:{_peerPort}",
                "--initial-advertise-peer-urls",
                $"http://127.0.0.1:{_peerPort}",
                "--initial-cluster",
                $"default=http://127.0.0.1:{_peerPort}",
                "--logger",
                "zap",
                "--log-level",
                "error",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary><c>kill -9</c>.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Another process starts: there is nothing else to wait for.</summary>
    public static async Task UntilItAnswersAsync(EtcdStore store, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await store.GetAsync(new ObjectKey("", "services", "default", "none"), stop);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(20, stop);
            }
        }
    }

    public void Dispose()
    {
        if (_process is not null)
            Kill();
        _directory.Delete(recursive: true);
    }
}
