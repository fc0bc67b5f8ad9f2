// SPDX-License-Identifier: Apache-2.0
namespace Shared.Tests.Protos;

/// <summary>Our own proto files are wire-compatible with Envoy's: same packages, messages, names, numbers and types.</summary>
public sealed class ProtoOracleTests
{
    /// <summary>Files that the package does not have, with where their facts come from.</summary>
    private static readonly Dictionary<string, string> s_notThere = new(StringComparer.Ordinal)
    {
        ["lateen/state/v1/state.proto"] = "ours alone: the last good configuration on disk",
        ["etcd/kv.proto"] = "etcd's own; real etcd is its oracle (EtcdStoreTests)",
        ["etcd/rpc.proto"] = "etcd's own; real etcd is its oracle (EtcdStoreTests)",
        ["stats/plugin_config.proto"] = "Istio's stats.PluginConfig (istio/proxy)",
    };

    /// <summary>Fields that are younger than the package.</summary>
    private static readonly HashSet<string> s_younger =
    [
        "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.replace_dots_in_grpc_service_name",
        "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.auto_host_sni",
        "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.auto_sni_san_validation",
        "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.prefer_client_ciphers",
        "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.enable_ja4_fingerprinting",
        "envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.custom_tls_certificate_selector",
        "envoy.extensions.transport_sockets.tls.v3.TlsParameters.compliance_policies",
        "envoy.extensions.transport_sockets.tls.v3.TlsParameters.CompliancePolicy.FIPS_202205",
    ];

    [Fact]
    public async Task Every_field_and_enum_value_is_envoys()
    {
        var theirs = await ProtoOracle.LoadAsync(TestContext.Current.CancellationToken);
        var differences = new List<string>();
        var compared = 0;
        foreach (var file in OwnProtos.Files)
        {
            if (s_notThere.ContainsKey(file.Name))
                continue;
            if (!theirs.TryGetValue(file.Name, out var text))
            {
                differences.Add($"{file.Name}: the oracle has no such file");
                continue;
            }
            var known = ProtoText.Read(text).ToDictionary(static member => member.Name);
            foreach (var member in OwnProtos.Members(file).Where(static member => !s_younger.Contains(member.Name)))
            {
                compared++;
                if (!known.TryGetValue(member.Name, out var original))
                    differences.Add($"{member.Name}: not in {file.Name}");
                else if (member.Number != original.Number || !IsSameType(member.Type, original.Type))
                    differences.Add(
                        $"{member.Name}: {member.Type} = {member.Number}, there {original.Type} = {original.Number}"
                    );
            }
        }
        Assert.Empty(differences);
        Assert.InRange(compared, 500, int.MaxValue);
    }

    [Fact]
    public void The_reader_of_proto_files_reads_what_they_may_say() =>
        Assert.Equal(
            [
                new ProtoMember("a.b.M.Kind.ZERO", 0, "enum value"),
                new ProtoMember("a.b.M.Inner.x", 3, "repeated .a.b.M"),
                new ProtoMember("a.b.M.y", 16, "google.protobuf.Any"),
                new ProtoMember("a.b.M.z", 2, "map<string,Inner>"),
                new ProtoMember("a.b.M.s", 4, "string"),
            ],
            ProtoText.Read(
                """
                syntax = "proto3"; // message X { int32 no = 1; }
                package a.b;
                /* message Y { int32 no = 1; } */
                option (x.y) = { a: "};" b: [1] };
                message M {
                  option (v).p = "q";
                  reserved 5, 7 to 9; reserved "old";
                  enum Kind { option allow_alias = true; ZERO = 0 [deprecated = true]; }
                  message Inner { repeated .a.b.M x = 3 [(validate.rules).repeated = {min_items: 1}]; }
                  oneof of { option (validate.required) = true; google.protobuf.Any y = 0x10; }
                  map<string, Inner> z = 2;
                  optional string s = 4;
                }
                service S { rpc R(M) returns (stream M) { option (g) = { post: "/x;" }; } }
                """
            )
        );

    /// <summary>Theirs may leave out the enclosing scopes, as source text does.</summary>
    private static bool IsSameType(string ours, string theirs)
    {
        var (own, other) = (Parts(ours), Parts(theirs));
        return own.Length == other.Length
            && own.Zip(other)
                .All(static pair =>
                    pair.First == pair.Second || $".{pair.First}".EndsWith($".{pair.Second}", StringComparison.Ordinal)
                );
    }

    private static string[] Parts(string type) =>
        type.Split([' ', '<', '>', ','], StringSplitOptions.RemoveEmptyEntries)
            .Select(static part => part.TrimStart('.'))
            .ToArray();
}
