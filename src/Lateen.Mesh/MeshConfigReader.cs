// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Mesh;

/// <summary>Istio's MeshConfig as users write it → <see cref="MeshConfig"/>.</summary>
public static class MeshConfigReader
{
    // By the resource that has them, so that what did not change stays the same object.
    private static readonly ConditionalWeakTable<ConfigResource, MeshConfig> s_read = new();

    /// <param name="source">Name of the document, for problems.</param>
    /// <returns>Null when there are errors among the problems.</returns>
    public static (MeshConfig? Mesh, IReadOnlyList<Problem> Problems) Read(string source, string text)
    {
        var (content, problems) = MeshSettings.Decode(source, text);
        return (content is null ? null : From(content), problems);
    }

    /// <summary>The settings that a configuration has: those of the file, else those of the ConfigMap <c>istio</c>.</summary>
    /// <param name="otherwise">Where it has none.</param>
    public static MeshConfig Of(ConfigSnapshot config, MeshConfig otherwise) =>
        MeshSettings.In(config) is { } resource
            ? s_read.GetValue(resource, static key => From(MeshSettings.Of(key)))
            : otherwise;

    private static MeshConfig From(MeshConfiguration content) =>
        MeshConfig.Default with
        {
            AccessLogFile = content.AccessLogFile,
            AccessLogFormat = content.AccessLogFormat,
            Connections = content.DefaultConfig?.ConnectionSettings ?? new(),
            ConnectTimeout = content.ConnectTimeout,
            Exports = MeshExports.Of(content),
            OutboundTrafficPolicy =
                content.OutboundTrafficPolicy?.Mode == MeshOutboundMode.RegistryOnly
                    ? OutboundTrafficPolicy.RegistryOnly
                    : OutboundTrafficPolicy.AllowAny,
            PathNormalization = content.PathNormalization?.Normalization ?? PathNormalizationType.Default,
            RootNamespace = content.RootNamespace,
            TrustDomain = content.TrustDomain,
        };
}
