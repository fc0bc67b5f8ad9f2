// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Core;

namespace Lateen.Mesh;

/// <summary>
/// Istio's MeshConfig as users write it → <see cref="MeshConfig"/>. Fields that are known and that traffic does not go by yet are told by
/// warnings.
/// </summary>
public static class MeshConfigReader
{
    private static readonly HashSet<string> s_inForce = new(StringComparer.Ordinal)
    {
        "accessLogFile",
        "accessLogFormat",
        "connectTimeout",
        "outboundTrafficPolicy",
        "pathNormalization",
        "rootNamespace",
        "trustDomain",
    };

    /// <param name="source">Name of the document, for problems.</param>
    /// <returns>Null when there are errors among the problems.</returns>
    public static (MeshConfig? Mesh, IReadOnlyList<Problem> Problems) Read(string source, string text)
    {
        var decoded = MeshDecoder.Mesh(source, text, s_inForce.Contains);
        if (decoded.Content is not { } content)
            return (null, decoded.Problems);
        if (content.OutboundTrafficPolicy?.Mode == MeshOutboundMode.AllowAnyDynamicDns)
            return (
                null,
                [
                    .. decoded.Problems,
                    ProblemCatalogue.BadValue(
                        new SourceLocation(source),
                        "MeshConfig",
                        "outboundTrafficPolicy.mode",
                        "ALLOW_ANY_DYNAMIC_DNS is not in force yet",
                        "write ALLOW_ANY or REGISTRY_ONLY"
                    ),
                ]
            );
        var mesh = MeshConfig.Default with
        {
            AccessLogFile = content.AccessLogFile,
            AccessLogFormat = content.AccessLogFormat,
            ConnectTimeout = content.ConnectTimeout,
            OutboundTrafficPolicy =
                content.OutboundTrafficPolicy?.Mode == MeshOutboundMode.RegistryOnly
                    ? OutboundTrafficPolicy.RegistryOnly
                    : OutboundTrafficPolicy.AllowAny,
            PathNormalization = content.PathNormalization?.Normalization ?? PathNormalizationType.Default,
            RootNamespace = content.RootNamespace,
            TrustDomain = content.TrustDomain,
        };
        return (mesh, decoded.Problems);
    }
}
