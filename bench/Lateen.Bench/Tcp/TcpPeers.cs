// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench.Tcp;

/// <summary>A relay of TCP in front of one backend, and what the backend serves: <c>/small</c> and <c>/bulk</c>.</summary>
internal static class TcpPeers
{
    public const int BackendPort = 18281;
    public const int LateenPort = 18280;
    public const int HaproxyPort = 18282;
    public const int SplicingHaproxyPort = 18283;

    public const string Small = "/small";
    public const string Bulk = "/bulk";

    /// <summary>Bytes of the body of <see cref="Bulk"/>.</summary>
    public const int BulkLength = 4 * 1024 * 1024;

    public static async Task<FixedControlPlane> StartControlPlaneAsync()
    {
        var controlPlane = await FixedControlPlane.StartAsync();
        controlPlane.Publish(BenchResources.Cluster(BackendPort), BenchResources.TcpListener(LateenPort));
        return controlPlane;
    }

    public static async Task<ChildProcess> StartBackendAsync(WorkDirectory directory)
    {
        var root = directory.Folder("root");
        await File.WriteAllBytesAsync(Path.Combine(root, "bulk"), new byte[BulkLength]);
        var body = new string('x', 1024);
        return await Peers.StartBackendAsync(
            directory,
            BackendPort,
            $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes 1;
            pid {{directory.Folder("backend")}}/pid;
            error_log /dev/null;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 100000000;
              client_header_buffer_size 2k;
              sendfile on;
              open_file_cache max=10;
              server {
                listen 127.0.0.1:{{BackendPort}} backlog=4096;
                location {{Small}} { return 200 "{{body}}"; }
                location {{Bulk}} { root {{root}}; }
              }
            }
            """
        );
    }

    /// <param name="options">Lines of the section <c>defaults</c>.</param>
    public static Task<ChildProcess> StartHaproxyAsync(WorkDirectory directory, int port, string options = "") =>
        Peers.StartHaproxyAsync(
            directory,
            port,
            $$"""
            global
              nbthread 1
              maxconn 4096
            defaults
              mode tcp
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              {{options}}
            frontend edge
              bind 127.0.0.1:{{port}}
              default_backend one
            backend one
              server one 127.0.0.1:{{BackendPort}}

            """
        );
}
