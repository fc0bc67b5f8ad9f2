// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Precedence;
using Lateen.Core;
using Lateen.Mesh;

namespace ControlPlane.Tests.Mesh;

/// <summary>The mesh's own settings, from Istio's MeshConfig to what is in force.</summary>
public class MeshConfigReaderTests
{
    [Fact]
    public void Every_field_in_force_is_taken()
    {
        var (mesh, problems) = MeshConfigReader.Read(
            "mesh.yaml",
            """
            accessLogFile: /dev/stdout
            accessLogFormat: "%REQ(:PATH)%\n"
            connect_timeout: 3s
            defaultConfig: {connectionSettings: {httpIdleTimeout: 5s}}
            defaultDestinationRuleExportTo: ["*"]
            defaultServiceExportTo: ["."]
            default_virtual_service_export_to: ["."]
            outboundTrafficPolicy: {mode: REGISTRY_ONLY}
            pathNormalization: {normalization: MERGE_SLASHES}
            rootNamespace: root
            trust_domain: example.org
            """
        );
        Assert.Empty(problems);
        Assert.Equal(
            MeshConfig.Default with
            {
                AccessLogFile = "/dev/stdout",
                AccessLogFormat = "%REQ(:PATH)%\n",
                Connections = new ConnectionSettings { HttpIdleTimeout = TimeSpan.FromSeconds(5) },
                ConnectTimeout = TimeSpan.FromSeconds(3),
                Exports = new ExportDefaults
                {
                    Services = DefaultExport.OwnNamespace,
                    VirtualServices = DefaultExport.OwnNamespace,
                },
                OutboundTrafficPolicy = OutboundTrafficPolicy.RegistryOnly,
                PathNormalization = PathNormalizationType.MergeSlashes,
                RootNamespace = "root",
                TrustDomain = "example.org",
            },
            mesh
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("outboundTrafficPolicy: {mode: ALLOW_ANY}")]
    public void What_is_not_there_is_as_in_istio(string text) =>
        Assert.Equal(MeshConfig.Default, MeshConfigReader.Read("mesh.yaml", text).Mesh);

    [Theory]
    [InlineData("enableTracing: true", "LT0502", Severity.Warning, "enableTracing")]
    [InlineData("default_config: {concurrency: 2}", "LT0502", Severity.Warning, "defaultConfig.concurrency")]
    [InlineData("trustDomian: a", "LT0110", Severity.Warning, "trustDomian")]
    [InlineData("connectTimeout: soon", "LT0106", Severity.Error, "connectTimeout")]
    [InlineData(
        "outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}",
        "LT0203",
        Severity.Error,
        "outboundTrafficPolicy.mode"
    )]
    [InlineData("defaultServiceExportTo: [shop]", "LT0203", Severity.Error, "defaultServiceExportTo")]
    [InlineData("a: [", "LT0101", Severity.Error, "")]
    public void What_is_wrong_or_not_in_force_is_said(string text, string code, Severity severity, string field)
    {
        var (mesh, problems) = MeshConfigReader.Read("mesh.yaml", text);
        var problem = Assert.Single(problems);
        Assert.Equal((code, severity, field), (problem.Code, problem.Severity, problem.Field));
        Assert.Equal("mesh.yaml", problem.Where.Source);
        Assert.Equal(severity == Severity.Error, mesh is null);
    }
}
