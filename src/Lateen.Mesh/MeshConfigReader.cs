// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Mesh;

/// <summary>
/// Istio's MeshConfig as users write it → <see cref="MeshConfig"/>. Fields that are known and that traffic does not go by yet are told by
/// warnings.
/// </summary>
public static class MeshConfigReader
{
    private const string ServiceExports = "defaultServiceExportTo";
    private const string VirtualServiceExports = "defaultVirtualServiceExportTo";
    private const string DestinationRuleExports = "defaultDestinationRuleExportTo";

    private static readonly HashSet<string> s_inForce = new(StringComparer.Ordinal)
    {
        "accessLogFile",
        "accessLogFormat",
        "connectTimeout",
        "defaultConfig.connectionSettings",
        DestinationRuleExports,
        ServiceExports,
        VirtualServiceExports,
        "outboundTrafficPolicy",
        "pathNormalization",
        "rootNamespace",
        "trustDomain",
    };

    /// <param name="source">Name of the document, for problems.</param>
    /// <returns>Null when there are errors among the problems.</returns>
    public static (MeshConfig? Mesh, IReadOnlyList<Problem> Problems) Read(string source, string text)
    {
        var decoded = MeshDecoder.Mesh(source, text, s_inForce);
        if (decoded.Content is not { } content)
            return (null, decoded.Problems);
        List<Problem> problems = [.. decoded.Problems];
        if (content.OutboundTrafficPolicy?.Mode == MeshOutboundMode.AllowAnyDynamicDns)
            Refuse(
                "outboundTrafficPolicy.mode",
                "ALLOW_ANY_DYNAMIC_DNS is not in force yet",
                "write ALLOW_ANY or REGISTRY_ONLY"
            );
        var exports = new ExportDefaults
        {
            Services = Default(ServiceExports, content.DefaultServiceExportTo),
            VirtualServices = Default(VirtualServiceExports, content.DefaultVirtualServiceExportTo),
            DestinationRules = Default(DestinationRuleExports, content.DefaultDestinationRuleExportTo),
        };
        if (problems.Count > decoded.Problems.Count)
            return (null, problems);
        var mesh = MeshConfig.Default with
        {
            AccessLogFile = content.AccessLogFile,
            AccessLogFormat = content.AccessLogFormat,
            Connections = content.DefaultConfig?.ConnectionSettings ?? new(),
            ConnectTimeout = content.ConnectTimeout,
            Exports = exports,
            OutboundTrafficPolicy =
                content.OutboundTrafficPolicy?.Mode == MeshOutboundMode.RegistryOnly
                    ? OutboundTrafficPolicy.RegistryOnly
                    : OutboundTrafficPolicy.AllowAny,
            PathNormalization = content.PathNormalization?.Normalization ?? PathNormalizationType.Default,
            RootNamespace = content.RootNamespace,
            TrustDomain = content.TrustDomain,
        };
        return (mesh, problems);

        DefaultExport Default(string field, IReadOnlyList<string> words)
        {
            if (words is [] or ["*"])
                return DefaultExport.Everybody;
            if (words is not ["."])
                Refuse(
                    field,
                    $"[{string.Join(", ", words)}] is no default; namespaces by name are a matter of each resource",
                    "write [\"*\"] for all namespaces or [\".\"] for the resource's own"
                );
            return DefaultExport.OwnNamespace;
        }

        void Refuse(string field, string what, string fix) =>
            problems.Add(ProblemCatalogue.BadValue(new SourceLocation(source), "MeshConfig", field, what, fix));
    }
}
