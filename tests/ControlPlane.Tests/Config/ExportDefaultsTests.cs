// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

/// <summary>Who wins a host is judged by what the mesh's settings say of VirtualServices that do not say who sees them, and again when that changes.</summary>
public class ExportDefaultsTests
{
    private const string Lost = "LT0304 VirtualService two/b";
    private const string Own = """defaultVirtualServiceExportTo: ["."]""";

    private const string Services = """
        apiVersion: v1
        kind: Service
        metadata: {name: reviews, namespace: shop}
        spec: {ports: [{name: http, port: 80}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a, namespace: one}
        spec: {hosts: [reviews.shop.svc.cluster.local], http: [{directResponse: {status: 200}}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: b, namespace: two}
        spec: {hosts: [reviews.shop.svc.cluster.local], http: [{directResponse: {status: 200}}]}
        """;

    [Fact]
    public void A_host_is_lost_only_to_those_that_somebody_sees_too()
    {
        var assembler = new ConfigAssembler();
        Assert.Equal([Lost], Told(assembler, Services));
        Assert.Empty(Told(assembler, Services, Own));
        Assert.Equal([Lost], Told(assembler, Services, """defaultVirtualServiceExportTo: ["*"]"""));
        // What comes while they are in force is judged by them; of one namespace the older wins either way.
        Assert.Empty(Told(assembler, Services[..Services.LastIndexOf("---", StringComparison.Ordinal)], Own));
        Assert.Empty(Told(assembler, Services, Own));
        var second = Services.Replace("namespace: two", "namespace: one", StringComparison.Ordinal);
        Assert.Equal(["LT0304 VirtualService one/b"], Told(assembler, second, Own));
        Assert.Equal([Lost], Told(assembler, Services));
    }

    private static IEnumerable<string> Told(ConfigAssembler assembler, string services, string? settings = null)
    {
        var texts = new Dictionary<string, string> { ["services.yaml"] = services };
        if (settings is not null)
            texts["mesh.yaml"] = $$"""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: '{{settings}}'}
                """;
        return assembler
            .Assemble(texts)
            .Problems.Where(static problem => problem.Code == "LT0304")
            .Select(static problem => $"{problem.Code} {problem.Subject}");
    }
}
