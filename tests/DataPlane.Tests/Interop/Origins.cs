// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using DataPlane.Tests.Tls;

namespace DataPlane.Tests.Interop;

/// <summary>
/// A serving proxy with origins behind that others wrote: <c>/h1/</c> is nginx by HTTP/1.1, <c>/h2/</c> nghttpd by HTTP/2,
/// <c>/unsized/</c> the same that tells no lengths. In front are a listener in plaintext, one with TLS, and one that asks for certificates.
/// </summary>
public sealed class Origins : IAsyncLifetime
{
    /// <summary>Length of the file <c>big</c>: many windows and many records.</summary>
    public const int Big = 4 * 1024 * 1024 + 17;

    private const string Routes = """
        {"match":{"prefix":"/h1/"},"route":{"cluster":"nginx","prefixRewrite":"/"} },
        {"match":{"prefix":"/h2/"},"route":{"cluster":"nghttpd","prefixRewrite":"/"} },
        {"match":{"prefix":"/unsized/"},"route":{"cluster":"unsized","prefixRewrite":"/"} }
        """;

    /// <summary>What <c>/h1/status/…</c> answers.</summary>
    public static readonly int[] Statuses = [200, 204, 400, 401, 403, 404, 405, 409, 410, 429, 500, 501, 502, 503, 504];

    private readonly HttpsProxy _proxy = new();
    private Daemon? _nginx;
    private NghttpServer? _nghttpd;
    private NghttpServer? _unsized;

    internal HttpsProxy Proxy => _proxy;

    public IPEndPoint Plain { get; private set; } = null!;

    public IPEndPoint Tls { get; private set; } = null!;

    public IPEndPoint Mutual { get; private set; } = null!;

    public string BigFile { get; private set; } = "";

    /// <summary>Arguments of curl with a certificate of the authority.</summary>
    public string ClientCertificate { get; private set; } = "";

    /// <summary>The file <c>big</c>.</summary>
    public byte[] BigContent { get; } = RandomNumberGenerator.GetBytes(Big);

    public async ValueTask InitializeAsync()
    {
        var root = System.IO.Directory.CreateDirectory(Path.Combine(_proxy.Directory, "root")).FullName;
        System.IO.Directory.CreateDirectory(Path.Combine(root, "files"));
        File.WriteAllText(Path.Combine(root, "page"), "hello, world\n");
        for (var i = 1; i <= 40; i++)
            File.WriteAllText(Path.Combine(root, "files", $"{i}"), $"file {i}\n");
        BigFile = Path.Combine(root, "big");
        File.WriteAllBytes(BigFile, BigContent);
        var at = Daemon.NextAddress();
        _nginx = await Daemon.NginxAsync(
            _proxy.Directory,
            $$"""
            server {
              listen {{at}};
              root {{root}};
              absolute_redirect off;
              client_max_body_size 64m;
              location /kept/ { dav_methods PUT DELETE; create_full_put_path on; }
              location = /trailers { add_trailer x-sum 42; try_files /page =404; }
              location = /away { return 302 /h1/page; }
              location /zipped/ { alias {{root}}/; gzip on; gzip_types *; gzip_http_version 1.0; gzip_proxied any; }
              location = /cut { return 444; }
              {{string.Concat(Statuses.Select(StatusLocation))}}
              location = /seen { return 200 "$request_method $server_protocol $http_x_mine"; }
            }
            """
        );
        _nghttpd = await NghttpServer.StartAsync(root, "--echo-upload");
        _unsized = await NghttpServer.StartAsync(root, "--echo-upload --no-content-length --trailer x-sum:42");
        _proxy.Cluster("nginx", at.Port, address: at.Address.ToString());
        Http2Cluster("nghttpd", _nghttpd.At);
        Http2Cluster("unsized", _unsized.At);
        const string Alpn = ",\"alpnProtocols\":[\"h2\",\"http/1.1\"]";
        Plain = _proxy.Listen(null, Routes, name: "plain");
        Tls = _proxy.Listen(_proxy.Simple(Alpn), Routes, name: "tls");
        Mutual = _proxy.Listen(_proxy.Mutual(Alpn), Routes, name: "mutual");
        ClientCertificate = _proxy.CurlCertificate(
            _proxy.Authority.Issue(CertificateOrder.ForSpiffe("spiffe://td/ns/a/sa/b"))
        );
    }

    public ValueTask DisposeAsync()
    {
        _nginx?.Dispose();
        _nghttpd?.Dispose();
        _unsized?.Dispose();
        _proxy.Dispose();
        return default;
    }

    private static string StatusLocation(int status) =>
        $"location = /status/{status} {{ return {status} \"the body of {status}\"; }}\n";

    private void Http2Cluster(string name, IPEndPoint at) =>
        _proxy.Cluster(name, at.Port, more: HttpsProxy.Http2, address: at.Address.ToString());
}
