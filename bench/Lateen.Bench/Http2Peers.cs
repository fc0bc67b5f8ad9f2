// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>As <see cref="PeerConfigs"/>, with HTTP/2 in front: <c>/h1</c> goes to a backend of HTTP/1.1, <c>/h2</c> to one of HTTP/2.</summary>
internal static class Http2Peers
{
    public const int BackendPort = 18091;
    public const int Http2BackendPort = 18092;
    public const int LateenPort = 18090;
    public const int HaproxyPort = 18093;
    public const int NginxPort = 18094;

    public const string Mesh = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: bench}
        spec:
          selector: {istio: ingressgateway}
          servers: [{port: {number: 18090, name: http, protocol: HTTP}, hosts: [bench.local]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: bench}
        spec:
          hosts: [bench.local]
          gateways: [bench]
          http:
            - {match: [{uri: {prefix: /h1}}], route: [{destination: {host: h1.bench}}]}
            - {match: [{uri: {prefix: /h2}}], route: [{destination: {host: h2.bench}}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: h1}
        spec:
          hosts: [h1.bench]
          ports: [{number: 18091, name: http, protocol: HTTP}]
          resolution: STATIC
          endpoints: [{address: 127.0.0.1}]
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: h2}
        spec:
          hosts: [h2.bench]
          ports: [{number: 18092, name: http2, protocol: HTTP2}]
          resolution: STATIC
          endpoints: [{address: 127.0.0.1}]
        """;

    public static Task<ChildProcess> StartBackendAsync(WorkDirectory directory)
    {
        var body = new string('x', 1024);
        return Peers.StartBackendAsync(
            directory,
            Http2BackendPort,
            $$"""
            daemon off;
            worker_processes 1;
            pid {{directory.Folder("backend")}}/pid;
            error_log /dev/null;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 100000000;
              server {
                listen 127.0.0.1:{{BackendPort}} backlog=4096;
                listen 127.0.0.1:{{Http2BackendPort}} http2 backlog=4096;
                location / { return 200 "{{body}}"; }
              }
            }
            """
        );
    }

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
              bind 127.0.0.1:{{HaproxyPort}} proto h2
              unique-id-format %[uuid()]
              unique-id-header X-Request-Id
              option forwardfor
              http-request set-header X-Forwarded-Proto http
              acl is_bench hdr(host) -i bench.local
              acl is_h1 path_beg /h1
              acl is_h2 path_beg /h2
              use_backend h1 if is_bench is_h1
              use_backend h2 if is_bench is_h2
            backend h1
              server one 127.0.0.1:{{BackendPort}}
            backend h2
              server one 127.0.0.1:{{Http2BackendPort}} proto h2

            """
        );
    }

    /// <summary>nginx speaks HTTP/2 to clients alone.</summary>
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
              upstream h1 { server 127.0.0.1:{{BackendPort}}; keepalive 1024; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{NginxPort}} http2 backlog=4096;
                server_name bench.local;
                location /h1 {
                  proxy_pass http://h1;
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
