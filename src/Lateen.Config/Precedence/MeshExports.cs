// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.MeshWide;

namespace Lateen.Config.Precedence;

/// <summary>What MeshConfig says of <c>exportTo</c> where resources do not.</summary>
public static class MeshExports
{
    internal const string ServiceField = "defaultServiceExportTo";
    internal const string VirtualServiceField = "defaultVirtualServiceExportTo";
    internal const string DestinationRuleField = "defaultDestinationRuleExportTo";

    public static ExportDefaults Of(MeshConfiguration mesh) =>
        new()
        {
            Services = Default(mesh.DefaultServiceExportTo),
            VirtualServices = Default(mesh.DefaultVirtualServiceExportTo),
            DestinationRules = Default(mesh.DefaultDestinationRuleExportTo),
        };

    /// <summary>Fields that say what cannot be a default.</summary>
    internal static IEnumerable<(string Field, IReadOnlyList<string> Words)> NoDefaults(MeshConfiguration mesh) =>
        new[]
        {
            (ServiceField, mesh.DefaultServiceExportTo),
            (VirtualServiceField, mesh.DefaultVirtualServiceExportTo),
            (DestinationRuleField, mesh.DefaultDestinationRuleExportTo),
        }.Where(static field => field.Item2 is not ([] or ["*"] or ["."]));

    private static DefaultExport Default(IReadOnlyList<string> words) =>
        words is ["."] ? DefaultExport.OwnNamespace : DefaultExport.Everybody;
}
