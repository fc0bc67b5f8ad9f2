// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

public class MeshDecodingTests
{
    [Fact]
    public void An_empty_document_has_istios_defaults()
    {
        var mesh = MeshDecoder.Mesh("mesh", "").Content!;
        Assert.Equal(
            (15001, 15006, TimeSpan.FromSeconds(10), "cluster.local", "istio-system", true),
            (
                mesh.ProxyListenPort,
                mesh.ProxyInboundListenPort,
                mesh.ConnectTimeout,
                mesh.TrustDomain,
                mesh.RootNamespace,
                mesh.EnableTracing
            )
        );
    }

    [Fact]
    public void Names_may_be_those_of_protobuf()
    {
        var decoded = MeshDecoder.Mesh(
            "mesh",
            """
            trust_domain: td1
            serviceSettings:
            - settings: {cluster_local: true}
              hosts: ["*.foo.svc.cluster.local"]
            default_config: {proxy_metadata: {KEEP_THIS: as_it_is}, discoveryAddress: istiod:15012}
            """
        );
        Assert.Empty(decoded.Problems);
        var mesh = decoded.Content!;
        Assert.Equal("td1", mesh.TrustDomain);
        Assert.True(mesh.ServiceSettings[0].Settings!.ClusterLocal);
        Assert.Equal("as_it_is", mesh.DefaultConfig!.ProxyMetadata["KEEP_THIS"]);
    }

    [Theory]
    [InlineData("mixerCheckServer: a", "LT0110", Severity.Warning, "mixerCheckServer")]
    [InlineData("trustDomian: a", "LT0110", Severity.Warning, "trustDomian")]
    [InlineData("connectTimeout: soon", "LT0106", Severity.Error, "connectTimeout")]
    [InlineData("proxyListenPort: 70000", "LT0202", Severity.Error, "proxyListenPort")]
    [InlineData("extensionProviders: [{name: a}]", "LT0204", Severity.Error, "extensionProviders[0].envoyExtAuthzHttp")]
    [InlineData(
        "extensionProviders: [{name: a, zipkin: {service: z}}]",
        "LT0201",
        Severity.Error,
        "extensionProviders[0].zipkin.port"
    )]
    [InlineData("certificates: [{dnsNames: [a]}]", "LT0205", Severity.Warning, "certificates")]
    [InlineData("a: [", "LT0101", Severity.Error, "")]
    [InlineData("trustDomain: a\n---\ntrustDomain: b", "LT0111", Severity.Error, "")]
    public void What_is_wrong_is_said(string text, string code, Severity severity, string field)
    {
        var decoded = MeshDecoder.Mesh("mesh", text);
        var problem = Assert.Single(decoded.Problems);
        Assert.Equal((code, severity, field), (problem.Code, problem.Severity, problem.Field));
        Assert.Equal(severity == Severity.Error, decoded.Content is null);
    }

    [Fact]
    public void Networks_and_proxies_are_documents_of_their_own()
    {
        var networks = MeshDecoder.Networks(
            "networks",
            "networks: {a: {endpoints: [{fromRegistry: c1}, {from_cidr: 10.0.0.0/8}], gateways: [{address: 1.1.1.1, port: 443}]}}"
        );
        Assert.Empty(networks.Problems);
        Assert.Equal("10.0.0.0/8", networks.Content!.Networks["a"].Endpoints[1].FromCidr);
        var proxy = MeshDecoder.Proxy("annotation", "concurrency: 0\ntracing: {sampling: 100}");
        Assert.Empty(proxy.Problems);
        Assert.Equal((0, 100.0), (proxy.Content!.Concurrency, proxy.Content.Tracing!.Sampling));
    }
}
