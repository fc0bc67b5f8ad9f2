// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench.Tls;

/// <summary>
/// As <see cref="PeerConfigs"/>, with TLS in front: one certificate for all, versions and session tickets as each has them by
/// default, any host, and HTTP/1.0 is answered too.
/// </summary>
internal static class TlsPeers
{
    public const int BackendPort = 18181;
    public const int LateenPort = 18180;
    public const int HaproxyPort = 18182;
    public const int NginxPort = 18183;

    public static async Task<FixedControlPlane> StartControlPlaneAsync(BenchCertificate certificate)
    {
        var controlPlane = await FixedControlPlane.StartAsync();
        controlPlane.Publish(
            BenchResources.Cluster(BackendPort),
            BenchResources.HttpsListener(LateenPort),
            BenchResources.Secret(certificate)
        );
        return controlPlane;
    }

    /// <summary>Answers with 1 KiB.</summary>
    public static Task<ChildProcess> StartBackendAsync(WorkDirectory directory) =>
        Peers.StartBackendAsync(directory, BackendPort);

    public static Task<ChildProcess> StartHaproxyAsync(WorkDirectory directory, BenchCertificate certificate)
    {
        return Peers.StartHaproxyAsync(
            directory,
            HaproxyPort,
            $$"""
            global
              nbthread 1
              maxconn 12000
              no strict-limits
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              option http-keep-alive
              http-reuse always
            frontend edge
              bind 127.0.0.1:{{HaproxyPort}} ssl crt {{certificate.WriteTo(directory)}} alpn h2,http/1.1
              unique-id-format %[uuid()]
              unique-id-header X-Request-Id
              option forwardfor
              http-request set-header X-Forwarded-Proto https
              acl is_api path_beg /api
              http-request return status 404 if !is_api
              use_backend api if is_api
            backend api
              server one 127.0.0.1:{{BackendPort}}

            """
        );
    }

    public static Task<ChildProcess> StartNginxAsync(WorkDirectory directory, BenchCertificate certificate)
    {
        var pem = certificate.WriteTo(directory);
        return Peers.StartNginxAsync(
            directory,
            NginxPort,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{directory.Folder("nginx")}}/pid;
            error_log /dev/null;
            events { worker_connections 16384; }
            http {
              access_log off;
              keepalive_requests 100000000;
              upstream api { server 127.0.0.1:{{BackendPort}}; keepalive 1024; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{NginxPort}} ssl http2 backlog=4096;
                ssl_certificate {{pem}};
                ssl_certificate_key {{pem}};
                ssl_protocols TLSv1.2 TLSv1.3;
                location /api {
                  proxy_pass http://api;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $host;
                  proxy_set_header X-Request-Id $request_id;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_set_header X-Forwarded-Proto https;
                }
                location / { return 404; }
              }
            }
            """
        );
    }
}
