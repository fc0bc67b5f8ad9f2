// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.Security;
using System.Text;
using DataPlane.Tests.Interop;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Net;
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;
using SecretApi = Envoy.Extensions.TransportSockets.Tls.V3;

namespace DataPlane.Tests.Tls;

/// <summary>Certificates and roots in files: read with the configuration, and again when they are exchanged as a whole.</summary>
public sealed class FileSecretTests : IDisposable
{
    private const string Name = "local";
    private const string ListenerStats = "listener.127.0.0.1_0.";

    private readonly ProxyFixture _proxy = new();
    private readonly TestAuthority _authority = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-files-").FullName;
    private IReadOnlyList<(string, string)> _listeners = []; // beside the one under test
    private int _version;

    public FileSecretTests()
    {
        _proxy.Store.Problem += (resource, problem) => _problems.Enqueue($"{resource}: {problem}");
        _proxy.Clusters(1);
    }

    private string Chain => Path.Combine(_directory, "tls.crt");

    private string Key => Path.Combine(_directory, "tls.key");

    private string Files => $$"""{"certificateChain":{"filename":"{{Chain}}"},"privateKey":{"filename":"{{Key}}"} }""";

    private string Watched =>
        $$"""{"certificateChain":{"filename":"{{Chain}}"},"privateKey":{"filename":"{{Key}}"},"watchedDirectory":{"path":"{{_directory}}"} }""";

    public void Dispose()
    {
        _proxy.Dispose();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>As Kubernetes mounts a secret: files are links through <c>..data</c>, which is exchanged.</summary>
    [Theory]
    [InlineData("sds")]
    [InlineData("sds, watched")]
    [InlineData("inline, watched")]
    [InlineData("file-cert")]
    [InlineData("path")]
    public async Task A_volume_of_Kubernetes_is_taken_up_and_a_broken_pair_leaves_the_last_good_one(string source)
    {
        var first = Issue();
        await ProjectAsync(first);
        var name = await ServeAsync(source);
        Assert.Equal(Hex(first), await SerialAsync());

        var second = Issue();
        await ProjectAsync(second);
        await EventuallyAsync(second);
        Assert.Equal(0, _proxy.StatOrZero($"sds.{name}.key_rotation_failed"));

        await ProjectAsync(Issue() with { Key = Issue().Key });
        Eventually.True(() => _proxy.StatOrZero($"sds.{name}.key_rotation_failed") == 1, "the pair is refused");
        Assert.Equal(Hex(second), await SerialAsync());
        var problem = Assert.Single(_problems);
        Assert.StartsWith($"{name}: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; the last good version stays in force", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", problem, StringComparison.Ordinal);

        var third = Issue();
        await ProjectAsync(third);
        await EventuallyAsync(third);
        Assert.Equal(3, _proxy.Stat(ListenerStats + "server_ssl_socket_factory.ssl_context_update_by_sds"));
        Assert.Equal(0, _proxy.Stat("listener_manager.listener_modified"));
    }

    /// <summary>Without a directory to watch it is the files' own, and what counts is that they are moved there.</summary>
    [Theory]
    [InlineData("sds")]
    [InlineData("file-cert")]
    public async Task Files_that_are_moved_over_others_are_taken_up_together(string source)
    {
        var first = Issue();
        Put(first);
        await ServeAsync(source);
        var second = Issue();
        Put(second); // the new certificate and the old key are no pair, for a moment
        await EventuallyAsync(second);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("pb")]
    public async Task A_file_with_a_secret_is_read_again_when_it_is_moved_in(string format)
    {
        var path = Path.Combine(_directory, $"secret.{format}");
        var first = Issue();
        Put(first);
        await ServeAsync($"path:{path}");
        Assert.Equal(Hex(first), await SerialAsync());
        var second = Issue();
        Put(second);
        await EventuallyAsync(second);

        var third = Issue();
        Move(path, Response(path, TlsJson.CertificateSecret(Name, third)));
        await EventuallyAsync(third);
        // Files that were no pair for a moment may have counted, too.
        var failed = _proxy.StatOrZero($"sds.{Name}.key_rotation_failed");
        Move(path, "no secret"u8.ToArray());
        Eventually.True(() => _proxy.StatOrZero($"sds.{Name}.key_rotation_failed") > failed, "the file is refused");
        Assert.Equal(Hex(third), await SerialAsync());
        Assert.Contains($"{path} is no DiscoveryResponse with a Secret", _problems.Last(), StringComparison.Ordinal);
    }

    /// <summary>Istio's agent waits for files that are not there yet; here their directory is missing, too.</summary>
    [Fact]
    public async Task A_listener_warms_until_the_files_are_there_that_its_secret_is_named_by()
    {
        var directory = Path.Combine(_directory, "later", "certs");
        var certificate = Path.Combine(directory, "cert.pem");
        var key = Path.Combine(directory, "key.pem");
        await ServeAsync($"file-cert:{certificate}~{key}", serves: false);
        Assert.Equal(1, _proxy.Stat("listener_manager.total_listeners_warming"));
        Assert.EndsWith("; waiting for it", Assert.Single(_problems), StringComparison.Ordinal);

        Directory.CreateDirectory(directory);
        var first = Issue();
        await File.WriteAllTextAsync(certificate, first.Chain, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(key, first.Key, TestContext.Current.CancellationToken);
        Eventually.True(() => _proxy.Stat("listener_manager.total_listeners_warming") == 0, "the listener is in force");
        Assert.Equal(Hex(first), await SerialAsync());
        Assert.Equal(0, _proxy.StatOrZero($"sds.file-cert:{certificate}~{key}.key_rotation_failed"));
    }

    [Fact]
    public async Task Roots_in_a_file_are_exchanged()
    {
        using var other = new TestAuthority("Other");
        var roots = Path.Combine(_directory, "ca.crt");
        await File.WriteAllBytesAsync(roots, _authority.Pem, TestContext.Current.CancellationToken);
        Put(Issue());
        Serve(
            $$"""
            "tlsCertificates":[{{Files}}],
            "validationContextSdsSecretConfig":{"name":"file-root:{{roots}}","sdsConfig":{"apiConfigSource":{} } }
            """,
            ",\"requireClientCertificate\":true"
        );
        Assert.True(await ConnectsAsync(_authority));
        Assert.False(await ConnectsAsync(other));
        Move(roots, [.. _authority.Pem, (byte)'\n', .. other.Pem]);
        Eventually.True(
            () => _proxy.Stat(ListenerStats + "server_ssl_socket_factory.ssl_context_update_by_sds") == 2,
            "the roots are taken up"
        );
        Assert.True(await ConnectsAsync(_authority));
        Assert.True(await ConnectsAsync(other));
    }

    [Fact]
    public async Task Files_of_a_context_that_watches_nothing_are_read_once()
    {
        var first = Issue();
        Put(first);
        Serve($"\"tlsCertificates\":[{Files}]");
        Put(Issue());
        // Another one that watches the same directory has seen the change by then.
        var at = await SeesChangesAsync();
        Assert.Equal(Hex(first), await SerialAsync());
        Assert.NotEqual(Hex(first), at);
    }

    public static TheoryData<string, string> Refused =>
        new()
        {
            // source | what the refusal says, DIR being the directory
            { "sds", "tls_certificate.certificate_chain.filename: Could not find file 'DIR/tls.crt'" },
            { "sds", "tls_certificate.private_key.filename: Could not find file 'DIR/tls.key'" },
            { "inline", "common_tls_context.tls_certificates[0].certificate_chain.filename: Could not find" },
            { "inline, watched", "common_tls_context.tls_certificates[0].private_key.filename: Could not find" },
            { "sds, elsewhere", "tls_certificate.watched_directory.path: is \"/nowhere\", which is no directory" },
            {
                "path:/nowhere/secret.json",
                "tls_certificate_sds_secret_configs[0].sds_config.path_config_source: path: Could not find"
            },
            { "path:DIR/secret.yaml", "give a DiscoveryResponse in a file that ends in .json or .pb" },
            { "path:DIR/two.json", "path: DIR/two.json has 2 resources; give one secret" },
            { "path:DIR/other.json", "path: DIR/other.json has the secret \"other\" instead of \"local\"" },
            { "path:DIR/broken.json", "path: DIR/broken.json is no DiscoveryResponse with a Secret" },
            { "path:DIR/good.json", "path_config_source: tls_certificate.certificate_chain.filename: Could not find" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_read_is_refused_by_resource_field_and_file(string source, string message)
    {
        var secret =
            $$"""{"@type":"{{TlsJson.Types}}transport_sockets.tls.v3.Secret","name":"local","tlsCertificate":{{Files}} }""";
        Write("secret.yaml", "resources: []");
        Write("good.json", $$"""{"resources":[{{secret}}]}""");
        Write("two.json", $$"""{"resources":[{{secret}},{{secret}}]}""");
        Write("other.json", $$"""{"resources":[{{secret.Replace("local", "other", StringComparison.Ordinal)}}]}""");
        Write("broken.json", "{\"resources\":[{\"-----BEGIN PRIVATE KEY-----");
        var rejection = Assert.Single(Apply(source.Replace("DIR", _directory, StringComparison.Ordinal)));
        Assert.Contains(
            message.Replace("DIR", _directory, StringComparison.Ordinal),
            rejection.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("PRIVATE", rejection.Message, StringComparison.Ordinal);

        void Write(string name, string content) => File.WriteAllText(Path.Combine(_directory, name), content);
    }

    /// <summary>Serves with the certificate from a source; returns the name that its numbers have.</summary>
    private async Task<string> ServeAsync(string source, bool serves = true)
    {
        if (source == "path")
            source = $"path:{Path.Combine(_directory, "secret.json")}";
        if (source.StartsWith("path:", StringComparison.Ordinal))
            await File.WriteAllBytesAsync(
                source[5..],
                Response(source[5..], $$"""{"name":"{{Name}}","tlsCertificate":{{Files}} }"""),
                TestContext.Current.CancellationToken
            );
        Assert.Empty(Apply(source));
        Assert.Equal(serves, _proxy.Runtime.Current.Listeners.ContainsKey("t"));
        if (source.StartsWith("file-cert:", StringComparison.Ordinal))
            return source;
        return source is "file-cert" or "inline, watched" ? $"file-cert:{Chain}~{Key}" : Name;
    }

    private IReadOnlyList<ResourceRejection> Apply(string source)
    {
        if (source.StartsWith("inline", StringComparison.Ordinal))
            return Listen($"\"tlsCertificates\":[{(source == "inline" ? Files : Watched)}]");
        if (source.StartsWith("file-cert", StringComparison.Ordinal))
        {
            var name = source == "file-cert" ? $"file-cert:{Chain}~{Key}" : source;
            return Listen(Sds(name, "\"apiConfigSource\":{}"));
        }
        if (source.StartsWith("path:", StringComparison.Ordinal))
            return Listen(Sds(Name, $"\"pathConfigSource\":{{\"path\":\"{source[5..]}\"}}"));
        Assert.Empty(Listen(Sds(Name, "\"ads\":{}")));
        var certificate = source switch
        {
            "sds" => Files,
            "sds, watched" => Watched,
            _ => Watched.Replace($"\"path\":\"{_directory}\"", "\"path\":\"/nowhere\"", StringComparison.Ordinal),
        };
        return _proxy.Apply<SecretApi.Secret>(
            TypeUrls.Secret,
            (Name, $$"""{"name":"{{Name}}","tlsCertificate":{{certificate}} }""")
        );
    }

    private static string Sds(string name, string source) =>
        $$"""
            "tlsCertificateSdsSecretConfigs":[{"name":"{{name}}","sdsConfig":{ {{source}} } }]
            """;

    private void Serve(string common, string more = "") => Assert.Empty(Listen(common, more));

    private IReadOnlyList<ResourceRejection> Listen(string common, string more = "", string name = "t") =>
        _proxy.Apply<ListenerApi.Listener>(
            TypeUrls.Listener,
            _listeners
                .Append(
                    (
                        name,
                        TlsJson
                            .Listener(TlsJson.TcpChain("c", "a", socket: TlsJson.Downstream(common, more)))
                            .Replace("\"name\":\"t\"", $"\"name\":\"{name}\"", StringComparison.Ordinal)
                    )
                )
                .ToArray()
        );

    /// <summary>The serial of a listener beside the first that watches the directory, once it has another certificate.</summary>
    private async Task<string> SeesChangesAsync()
    {
        _listeners =
        [
            (
                "t",
                TlsJson.Listener(
                    TlsJson.TcpChain("c", "a", socket: TlsJson.Downstream($"\"tlsCertificates\":[{Files}]"))
                )
            ),
        ];
        Assert.Empty(Listen($"\"tlsCertificates\":[{Watched}]", name: "w"));
        var next = Issue();
        Put(next);
        await EventuallyAsync(next, "w");
        return Hex(next);
    }

    private TestCertificate Issue() => _authority.Issue(CertificateOrder.ForDns("localhost"));

    private static string Hex(TestCertificate certificate) => Convert.ToHexString(certificate.Serial);

    /// <summary>Exchanges the whole directory behind its link, as the kubelet does.</summary>
    private async Task ProjectAsync(TestCertificate certificate)
    {
        var version = $"..{++_version}";
        var directory = Directory.CreateDirectory(Path.Combine(_directory, version)).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "tls.crt"), certificate.Chain);
        await File.WriteAllTextAsync(Path.Combine(directory, "tls.key"), certificate.Key);
        var link = Path.Combine(_directory, "..data_tmp");
        File.CreateSymbolicLink(link, version);
        var (code, output) = await Tool.Run("mv", $"-T {link} {Path.Combine(_directory, "..data")}");
        Assert.True(code == 0, output);
        if (_version > 1)
            return;
        File.CreateSymbolicLink(Chain, "..data/tls.crt");
        File.CreateSymbolicLink(Key, "..data/tls.key");
    }

    private void Put(TestCertificate certificate)
    {
        Move(Chain, Encoding.ASCII.GetBytes(certificate.Chain));
        Move(Key, Encoding.ASCII.GetBytes(certificate.Key));
    }

    private static void Move(string path, byte[] content)
    {
        var temporary = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }

    private static byte[] Response(string path, string secret)
    {
        var response = new DiscoveryResponse
        {
            Resources = { Any.Pack(ProxyFixture.Json.Parse<SecretApi.Secret>(secret), "type.googleapis.com") },
        };
        var types = Google.Protobuf.Reflection.TypeRegistry.FromMessages(SecretApi.Secret.Descriptor);
        var json = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(types));
        return Path.GetExtension(path) == ".pb"
            ? response.ToByteArray()
            : Encoding.UTF8.GetBytes(json.Format(response));
    }

    /// <summary>What a client is shown that connects now.</summary>
    private async Task<string> SerialAsync(string listener = "t")
    {
        await using var client = await TlsFixture.Dial(_proxy.Server.AddressOf(listener)!.Value);
        return client.RemoteCertificate!.GetSerialNumberString();
    }

    private async Task EventuallyAsync(TestCertificate certificate, string listener = "t")
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (await SerialAsync(listener) != Hex(certificate))
            Assert.True(
                System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15),
                $"the new certificate is not shown; {string.Join(" | ", _problems)}"
            );
    }

    private async Task<bool> ConnectsAsync(TestAuthority authority)
    {
        var (certificate, key) = authority
            .Issue(CertificateOrder.ForSpiffe("spiffe://a/ns/b/sa/c"))
            .WriteTo(Directory.CreateDirectory(Path.Combine(_directory, "clients")).FullName, "client");
        var failed = _proxy.Stat(ListenerStats + "ssl.fail_verify_error");
        var passed = _proxy.Stat(ListenerStats + "ssl.handshake");
        await Tool.Run("openssl", $"s_client -connect {_proxy.Address("t")} -cert {certificate} -key {key}", "");
        Eventually.True(
            () =>
                _proxy.Stat(ListenerStats + "ssl.handshake") > passed
                || _proxy.Stat(ListenerStats + "ssl.fail_verify_error") > failed,
            "the handshake has ended"
        );
        return _proxy.Stat(ListenerStats + "ssl.handshake") > passed;
    }
}
