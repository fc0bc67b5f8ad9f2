// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>Starts the servers of others that benches need, each from its configuration, and waits until it listens.</summary>
internal static class Peers
{
    private const int ProxyCore = 0;
    private const int BackendCore = 1;

    /// <summary>An nginx that answers every request over HTTP/1.1 with 1 KiB.</summary>
    public static Task<ChildProcess> StartBackendAsync(WorkDirectory directory, int port)
    {
        var body = new string('x', 1024);
        return StartBackendAsync(
            directory,
            port,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{directory.Folder("backend")}}/pid;
            error_log /dev/null;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 100000000;
              server { listen 127.0.0.1:{{port}} backlog=4096; location / { return 200 "{{body}}"; } }
            }
            """
        );
    }

    public static Task<ChildProcess> StartBackendAsync(WorkDirectory directory, int port, string config) =>
        StartAsync(BackendCore, "nginx", ["-c", directory.Write("backend.conf", config)], port);

    public static Task<ChildProcess> StartNginxAsync(WorkDirectory directory, int port, string config) =>
        StartAsync(ProxyCore, "nginx", ["-c", directory.Write("nginx.conf", config)], port);

    public static Task<ChildProcess> StartHaproxyAsync(WorkDirectory directory, int port, string config) =>
        StartAsync(ProxyCore, "haproxy", ["-db", "-f", directory.Write($"haproxy-{port}.cfg", config)], port);

    private static async Task<ChildProcess> StartAsync(int core, string program, string[] arguments, int port)
    {
        var process = ChildProcess.Start(core, program, arguments);
        await process.WaitForAsync("127.0.0.1", port);
        return process;
    }
}
