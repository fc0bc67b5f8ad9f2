// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>The same job for everybody: host and path route, request id, forwarding headers, keep-alive upstream, no access log.</summary>
internal static class PeerConfigs
{
    public const int BackendPort = 18081;
    public const int LateenPort = 18080;
    public const int HaproxyPort = 18082;
    public const int NginxPort = 18083;

    public const string Mesh = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: bench}
        spec:
          selector: {istio: ingressgateway}
          servers: [{port: {number: 18080, name: http, protocol: HTTP}, hosts: [bench.local]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: bench}
        spec:
          hosts: [bench.local]
          gateways: [bench]
          http: [{match: [{uri: {prefix: /api}}], route: [{destination: {host: backend.bench}}]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: backend}
        spec:
          hosts: [backend.bench]
          ports: [{number: 18081, name: http, protocol: HTTP}]
          resolution: STATIC
          endpoints: [{address: 127.0.0.1}]
        """;

    public static Task<ChildProcess> StartBackendAsync(WorkDirectory directory) =>
        Peers.StartBackendAsync(directory, BackendPort);

    public static Task<ChildProcess> StartHaproxyAsync(WorkDirectory directory)
    {
        return Peers.StartHaproxyAsync(
            directory,
            HaproxyPort,
            $$"""
            global
              nbthread 1
              maxconn 8192
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              option http-keep-alive
              http-reuse always
            frontend edge
              bind 127.0.0.1:{{HaproxyPort}}
              unique-id-format %[uuid()]
              unique-id-header X-Request-Id
              option forwardfor
              http-request set-header X-Forwarded-Proto http
              acl is_bench hdr(host) -i bench.local
              acl is_api path_beg /api
              use_backend api if is_bench is_api
            backend api
              server one 127.0.0.1:{{BackendPort}}

            """
        );
    }

    public static Task<ChildProcess> StartNginxAsync(WorkDirectory directory)
    {
        return Peers.StartNginxAsync(
            directory,
            NginxPort,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{directory.Folder("nginx")}}/pid;
            error_log /dev/null;
            events { worker_connections 8192; }
            http {
              access_log off;
              keepalive_requests 100000000;
              upstream api { server 127.0.0.1:{{BackendPort}}; keepalive 1024; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{NginxPort}} backlog=4096;
                server_name bench.local;
                location /api {
                  proxy_pass http://api;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $host;
                  proxy_set_header X-Request-Id $request_id;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_set_header X-Forwarded-Proto http;
                }
                location / { return 404; }
              }
            }
            """
        );
    }
}
