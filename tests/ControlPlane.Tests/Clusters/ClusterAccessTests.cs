// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Runtime.Versioning;
using System.Text;
using Lateen.Config.Schemas;
using Lateen.Config.Stores;
using Lateen.Stores.Kubernetes;
using Lateen.Stores.Kubernetes.Access;

namespace ControlPlane.Tests.Clusters;

/// <summary>How a cluster is found and who asks it, against a server with TLS that looks.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClusterAccessTests : IAsyncLifetime
{
    private static readonly KindSchema s_routes = ScriptedCluster.Kind("VirtualService");

    private readonly SteppedClock _clock = new();
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lateen-access");
    private readonly Dictionary<string, string> _variables = [];
    private ScriptedCluster _cluster = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Account => Path.Combine(_home.FullName, "account");

    public async ValueTask InitializeAsync() =>
        _cluster = await ScriptedCluster.StartAsync(IPAddress.Loopback, ["mesh.example.com"], "VirtualService");

    [Fact]
    public async Task Several_kubeconfigs_are_one_and_each_ones_paths_are_its_own()
    {
        var (certificate, key) = _cluster.Authority.Client("plane");
        Write("a/config", "contexts: [{name: mesh, context: {cluster: mesh, user: nobody}}]");
        Write(
            "b/config",
            $"current-context: mesh\n{Cluster("certificate-authority: pki/ca.pem")}\ncontexts: [{{name: mesh, context: {{cluster: mesh, user: nowhere}}}}]"
        );
        Write("b/pki/ca.pem", _cluster.Authority.Pem);
        Write(
            "c/config",
            """
            current-context: elsewhere
            contexts: [{name: elsewhere, context: {cluster: elsewhere}}, {name: other, context: {cluster: mesh, user: token}}]
            clusters: [{name: mesh, cluster: {server: "http://127.0.0.1:1"}}]
            users:
              - {name: nobody, user: {client-certificate: tls.crt, client-key: tls.key}}
              - {name: token, user: {token: secret}}
            """
        );
        Write("c/tls.crt", certificate);
        Write("c/tls.key", key);
        _variables["KUBECONFIG"] = string.Join(
            Path.PathSeparator,
            new[] { "missing", "a/config", "b/config", "c/config" }.Select(PathOf)
        );
        Assert.Equal("CN=plane", (await AskAsync(Find())).Certificate);
        // A context of one file, its cluster of another.
        Assert.Equal("Bearer secret", (await AskAsync(Find("other"))).Authorization);
        var failure = Assert.Throws<FormatException>(() => Find("nothing"));
        Assert.Contains(
            "there is no context \"nothing\"; there are mesh, elsewhere, other",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_home_has_one_too_and_what_is_inline_needs_no_files()
    {
        var (certificate, key) = _cluster.Authority.Client("plane");
        Write(
            ".kube/config",
            Whole(
                $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}, as: somebody, as-groups: [a], username: u, password: p"
            )
        );
        var asked = await AskAsync(Find());
        Assert.Equal("CN=plane", asked.Certificate);
        Assert.Equal($"Basic {Base64("u:p")}", asked.Authorization);
        Assert.Equal(
            ("somebody", "a"),
            (asked.Headers["Impersonate-User"].ToString(), asked.Headers["Impersonate-Group"].ToString())
        );
    }

    [Fact]
    public async Task Certificates_in_files_may_be_exchanged()
    {
        Exchange("first");
        Write(".kube/config", Whole("client-certificate: tls.crt, client-key: tls.key"));
        var access = Find();
        Assert.Equal("CN=first", (await AskAsync(access)).Certificate);
        Exchange("second");
        Assert.Equal("CN=second", (await AskAsync(access)).Certificate);

        void Exchange(string name)
        {
            var (certificate, key) = _cluster.Authority.Client(name);
            Write(".kube/tls.crt", certificate);
            Write(".kube/tls.key", key);
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task The_account_of_a_pod_is_found_and_its_token_read_again(string address)
    {
        await using var cluster = await ScriptedCluster.StartAsync(IPAddress.Parse(address), [], "VirtualService");
        Write("account/ca.crt", cluster.Authority.Pem);
        Write("account/token", "one\n");
        _variables["KUBERNETES_SERVICE_HOST"] = address;
        _variables["KUBERNETES_SERVICE_PORT"] = $"{cluster.Address.Port}";
        using var store = Open(Find());
        Assert.Equal("Bearer one", (await AskAsync(store, cluster)).Authorization);
        Write("account/token", "two");
        Assert.Equal("Bearer one", (await AskAsync(store, cluster)).Authorization);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Bearer two", (await AskAsync(store, cluster)).Authorization);
        // Sooner where the server says so.
        Write("account/token", "three");
        cluster.Knows = static request => request.Authorization == "Bearer three";
        Assert.Equal("Bearer two", (await AskAsync(store, cluster)).Authorization);
        Assert.Equal("Bearer three", (await NextAsync(cluster)).Authorization);
        // While it is being exchanged there may be none.
        File.Delete(PathOf("account/token"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Bearer three", (await AskAsync(store, cluster)).Authorization);
        cluster.Knows = static _ => false;
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => AskAsync(store, cluster));
        Assert.Contains("does not know us (401)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_a_token_counts_before_a_token()
    {
        Write(".kube/config", Whole("tokenFile: ../token, token: old"));
        Write("token", "new");
        Assert.Equal("Bearer new", (await AskAsync(Find())).Authorization);
    }

    [Fact]
    public async Task A_program_knows_credentials_and_is_asked_again_when_they_are_no_good()
    {
        // Another token each time, good for a minute.
        Plugin(
            """
            n=$(($(cat count 2>/dev/null || echo 0) + 1)); echo $n > count
            echo "$KUBERNETES_EXEC_INFO" > info
            echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"$1-$GREETING-$n\",\"expirationTimestamp\":\"2026-01-02T03:05:05Z\"}}"
            """
        );
        Write(
            ".kube/config",
            Whole(
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/plugin, args: [t], env: [{name: GREETING, value: hello}], provideClusterInfo: true, interactiveMode: Never}"
            )
        );
        using var store = Open(Find());
        Assert.Equal("Bearer t-hello-1", (await AskAsync(store, _cluster)).Authorization);
        Assert.Equal("Bearer t-hello-1", (await AskAsync(store, _cluster)).Authorization);
        var told = File.ReadAllText(PathOf(".kube/bin/info"));
        Assert.Contains($"\"server\":\"{_cluster.Address.ToString().TrimEnd('/')}", told, StringComparison.Ordinal);
        Assert.Contains("\"interactive\":false", told, StringComparison.Ordinal);
        _cluster.Knows = static request => request.Authorization == "Bearer t-hello-2";
        Assert.Equal("Bearer t-hello-1", (await AskAsync(store, _cluster)).Authorization);
        Assert.Equal("Bearer t-hello-2", (await NextAsync(_cluster)).Authorization);
        _cluster.Knows = static _ => true;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Bearer t-hello-3", (await AskAsync(store, _cluster)).Authorization);
    }

    [Fact]
    public async Task A_program_may_know_a_certificate()
    {
        var (certificate, key) = _cluster.Authority.Client("plugged");
        Write(".kube/bin/crt", Escaped(certificate));
        Write(".kube/bin/key", Escaped(key));
        Plugin(
            """
            printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"clientCertificateData":"%s","clientKeyData":"%s"}}' "$(cat crt)" "$(cat key)"
            """
        );
        Write(".kube/config", Whole("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./bin/plugin}"));
        Assert.Equal("CN=plugged", (await AskAsync(Find())).Certificate);

        static string Escaped(string pem) => pem.Replace("\n", "\\n", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "ended with 3")]
    [InlineData("echo no", "printed no JSON")]
    [InlineData("echo '{}'", "printed no ExecCredential of client.authentication.k8s.io/v1")]
    [InlineData(
        """echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""",
        "printed neither a token nor a certificate"
    )]
    public async Task A_program_that_does_not_know_is_told_of(string script, string why)
    {
        Plugin(script);
        Write(".kube/config", Whole("exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/plugin}"));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => AskAsync(Find()));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_may_have_another_name_than_its_address_and_must_have_the_right_authority()
    {
        var address = _cluster.Address.ToString();
        Write(".kube/config", Whole("token: t", "tls-server-name: mesh.example.com"));
        var asked = await AskAsync(Find());
        Assert.Equal($"mesh.example.com:{_cluster.Address.Port}", asked.Headers.Host.ToString());
        Write(".kube/config", Whole("token: t", "tls-server-name: elsewhere.example.com"));
        await RefusedAsync("certificate");
        using var other = new TestAuthority();
        Write(
            ".kube/config",
            Whole("token: t").Replace(Base64(_cluster.Authority.Pem), Base64(other.Pem), StringComparison.Ordinal)
        );
        await RefusedAsync("certificate");
        Write(".kube/config", Config($"server: \"{address}\", insecure-skip-tls-verify: true", "token: t"));
        Assert.Equal("Bearer t", (await AskAsync(Find())).Authorization);

        async Task RefusedAsync(string why)
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => AskAsync(Find()));
            Assert.Contains(why, failure.Message, StringComparison.Ordinal);
            // Nobody who is not known was told the token.
            Assert.All(
                _cluster.Asked.All,
                asked => Assert.DoesNotContain("elsewhere", asked.Headers.Host.ToString(), StringComparison.Ordinal)
            );
        }
    }

    /// <summary>Of a cluster and a user: why they make no sense.</summary>
    [Theory]
    [InlineData("server: over there", "token: t", "cluster \"mesh\": server is \"over there\", which is no address")]
    [InlineData("tls-server-name: a", "token: t", "cluster \"mesh\": it has no server")]
    [InlineData("server: \"https://a\", certificate-authority: missing.pem", "token: t", "missing.pem")]
    [InlineData(
        "server: \"https://a\", certificate-authority-data: \"?\"",
        "token: t",
        "certificate-authority-data is no base64"
    )]
    [InlineData("server: \"https://a\", certificate-authority-data: aGVsbG8=", "token: t", "has no certificate in PEM")]
    [InlineData(
        "server: \"https://a\", proxy-url: \"ftp://b\"",
        "token: t",
        "proxy-url is \"ftp://b\"; use http://, https:// or socks5://"
    )]
    [InlineData("server: \"https://a\"", "client-certificate: a.pem", "it has a client-certificate and no client-key")]
    [InlineData("server: \"https://a\"", "client-key: a.pem", "it has a client-key and no client-certificate")]
    [InlineData(
        "server: \"https://a\"",
        "client-certificate-data: aGVsbG8=, client-key-data: aGVsbG8=",
        "are no certificate with its key"
    )]
    [InlineData("server: \"https://a\"", "as: a, as-groups: [b, c]", "Impersonate-Group has several values")]
    [InlineData("server: \"https://a\"", "auth-provider: {name: gcp}", "auth-provider \"gcp\" is not supported")]
    [InlineData(
        "server: \"https://a\"",
        "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: a}",
        "use client.authentication.k8s.io/v1 or"
    )]
    [InlineData("server: \"https://a\"", "exec: {apiVersion: client.authentication.k8s.io/v1}", "exec has no command")]
    [InlineData(
        "server: \"https://a\"",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: a, interactiveMode: Always}",
        "there is nobody to talk to"
    )]
    public void What_makes_no_sense_is_told_by_its_name(string cluster, string user, string why)
    {
        Write(".kube/config", Config(cluster, user));
        var failure = Assert.Throws<FormatException>(() => Find());
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(".kube", "config"), failure.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Config(string cluster, string user) =>
        $$$"""
            apiVersion: v1
            kind: Config
            current-context: mesh
            clusters: [{name: mesh, cluster: { {{{cluster}}} }}]
            contexts: [{name: mesh, context: {cluster: mesh, user: plane}}]
            users: [{name: plane, user: { {{{user}}} }}]
            """;

    private string Whole(string user, string more = "tls-server-name: mesh.example.com") =>
        Config(
            $"server: \"{_cluster.Address}\", certificate-authority-data: {Base64(_cluster.Authority.Pem)}, {more}",
            user
        );

    private string Cluster(string more) =>
        $"clusters: [{{name: mesh, cluster: {{server: \"{_cluster.Address}\", {more}}}}}]";

    private string PathOf(string name) => Path.Combine(_home.FullName, name);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
    }

    private void Plugin(string script)
    {
        Write(".kube/bin/plugin", $"#!/bin/sh\ncd \"$(dirname \"$0\")\"\n{script}\n");
        File.SetUnixFileMode(
            PathOf(".kube/bin/plugin"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite
        );
    }

    private ClusterAccess Find(string? context = null) =>
        KubernetesCluster.Find(
            null,
            context,
            new ClusterSurroundings(name => _variables.GetValueOrDefault(name), _home.FullName, Account),
            _clock
        );

    private KubernetesStore Open(ClusterAccess access) => new(access, [s_routes], _clock);

    private async Task<ClusterRequest> AskAsync(ClusterAccess access)
    {
        using var store = Open(access);
        return await AskAsync(store, _cluster);
    }

    /// <summary>How a question came to the server the first time.</summary>
    private static async Task<ClusterRequest> AskAsync(KubernetesStore store, ScriptedCluster cluster)
    {
        await store.GetAsync(new ObjectKey(s_routes.Group, s_routes.Plural, "default", "reviews"), Stop);
        return await NextAsync(cluster);
    }

    private static Task<ClusterRequest> NextAsync(ScriptedCluster cluster) => cluster.Asked.NextAsync(static _ => true);
}
