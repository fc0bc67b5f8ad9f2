// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Server;
using DataPlane.Tests.Tls;
using Lateen.Xds;
using ClusterApi = Envoy.Config.Cluster.V3;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Interop;

/// <summary>A serving proxy with a connection manager behind TLS, for tools that others wrote; and the files they need.</summary>
public sealed class HttpsProxy : IDisposable
{
    /// <summary>Everything to cluster a.</summary>
    public const string ToA = """{"match":{"prefix":"/"},"route":{"cluster":"a"} }""";

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("lateen-interop-").FullName;
    private readonly List<(string Name, string Json)> _clusters = [];
    private readonly List<(string Name, string Json)> _listeners = [];
    private bool _stopped;

    /// <param name="authority">Who vouches for its certificates.</param>
    public HttpsProxy(string authority = "Test root")
    {
        Authority = new TestAuthority(authority);
        Server = Authority.Issue(CertificateOrder.ForDns("localhost"));
        Roots = WriteFile("roots.pem", Authority.Pem);
    }

    public ProxyFixture Proxy { get; } = new();

    public TestAuthority Authority { get; }

    /// <summary>For localhost.</summary>
    public TestCertificate Server { get; }

    /// <summary>Path of the authority's certificate.</summary>
    public string Roots { get; }

    public string Directory => _directory;

    public string LogPath => Path.Combine(_directory, "access.log");

    /// <summary>What a server is made of that trusts the authority's clients, and asks for their certificates.</summary>
    public string Mutual(string more = "", bool required = true) =>
        TlsJson.Downstream(
            $"\"tlsCertificates\":[{TlsJson.Certificate(Server)}],\"validationContext\":{{\"trustedCa\":{TlsJson.Roots(Authority)}}}{more}",
            required ? ",\"requireClientCertificate\":true" : ""
        );

    /// <summary>What a server is made of that asks nobody who he is.</summary>
    public string Simple(string more = "") =>
        TlsJson.Downstream($"\"tlsCertificates\":[{TlsJson.Certificate(Server)}]{more}");

    /// <summary>A listener with a connection manager.</summary>
    /// <param name="socket">Its transport socket; null for plaintext.</param>
    /// <param name="manager">More fields of the connection manager, each with a comma behind.</param>
    /// <param name="more">More fields of the listener, each with a comma behind.</param>
    public IPEndPoint Listen(
        string? socket,
        string routes = ToA,
        string manager = "",
        string more = "",
        string name = "l"
    )
    {
        var transport = socket is null ? "" : $"\"transportSocket\":{socket},";
        var json = $$"""
            {"name":"{{name}}","address":{"socketAddress":{"address":"127.0.0.1","portValue":0} },{{more}}"filterChains":[{ {{transport}}"filters":[
              {"name":"hcm","typedConfig":{"@type":"{{TlsJson.Types}}filters.network.http_connection_manager.v3.HttpConnectionManager",
               "statPrefix":"test",{{manager}}
               "routeConfig":{"name":"r","virtualHosts":[{"name":"v","domains":["*"],"routes":[{{routes}}]}]},
               "httpFilters":[{"name":"router","typedConfig":{"@type":"{{TlsJson.Types}}filters.http.router.v3.Router"} }]} }]}]}
            """;
        _listeners.RemoveAll(listener => listener.Name == name);
        _listeners.Add((name, json));
        Assert.Empty(Proxy.Apply<ListenerApi.Listener>(TypeUrls.Listener, [.. _listeners]));
        return Proxy.Address(name);
    }

    /// <summary>A cluster with one endpoint on this machine.</summary>
    /// <param name="socket">Its transport socket; null for plaintext.</param>
    /// <param name="more">More fields of the cluster, each with a comma before.</param>
    public void Cluster(string name, int port, string? socket = null, string more = "", string address = "127.0.0.1")
    {
        var transport = socket is null ? "" : $",\"transportSocket\":{socket}";
        _clusters.RemoveAll(cluster => cluster.Name == name);
        _clusters.Add((name, $"{ProxyFixture.Cluster(name, port, address).TrimEnd()[..^1]}{more}{transport}}}"));
        Assert.Empty(Proxy.Apply<ClusterApi.Cluster>(TypeUrls.Cluster, [.. _clusters]));
    }

    /// <summary>HTTP/2 towards the endpoints of a cluster.</summary>
    public const string Http2 = """
        ,"typedExtensionProtocolOptions":{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":
          {"@type":"type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions","explicitHttpConfig":{"http2ProtocolOptions":{} } } }
        """;

    /// <summary>Fields of a connection manager that log each request in a format.</summary>
    public string Logging(string format) => $"\"accessLog\":[{Log(format)}],";

    public string Log(string format) =>
        $$"""
            {"name":"file","typedConfig":{"@type":"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
             "logFormat":{"textFormatSource":{"inlineString":"{{format}}\n"} },"path":"{{LogPath}}"} }
            """;

    public string WriteFile(string name, byte[] content)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Arguments of curl to show a certificate.</summary>
    public string CurlCertificate(TestCertificate certificate)
    {
        var (path, key) = certificate.WriteTo(_directory, "client");
        return $"--cert {path} --key {key}";
    }

    /// <summary>curl, trusting the authority; exit code and what it printed.</summary>
    public Task<(int Code, string Output)> Curl(
        IPEndPoint at,
        string arguments,
        string path = "/",
        string scheme = "https"
    ) =>
        Tool.Run(
            "curl",
            $"-sS --max-time 20 --cacert {Roots} --resolve localhost:{at.Port}:127.0.0.1 {arguments} {scheme}://localhost:{at.Port}{path}"
        );

    /// <summary>Stops the proxy and returns what it logged.</summary>
    public string[] Lines()
    {
        Stop();
        return File.Exists(LogPath) ? File.ReadAllLines(LogPath) : [];
    }

    public void Dispose()
    {
        Stop();
        Authority.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private void Stop()
    {
        if (!_stopped)
            Proxy.Dispose();
        _stopped = true;
    }
}
