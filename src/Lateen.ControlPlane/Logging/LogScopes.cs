// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.Logging;

/// <summary>Istio's names for the parts of a control plane, which a log line carries instead of the name of a class.</summary>
internal static class LogScopes
{
    private static readonly (string Prefix, string Scope)[] s_scopes =
    [
        ("Lateen.Discovery.", "ads"),
        ("Lateen.ControlPlane.ConfigWatch", "config"),
        ("Lateen.ControlPlane.MeshState", "model"),
        ("Lateen.ControlPlane.ResourceApi.", "api"),
        ("Microsoft.AspNetCore.", "http"),
        ("Grpc.", "grpc"),
    ];

    /// <summary>The scope of a logger's category; <c>default</c> for the rest of Lateen, the category itself for others.</summary>
    public static string Of(string category)
    {
        foreach (var (prefix, scope) in s_scopes)
        {
            if (category.StartsWith(prefix, StringComparison.Ordinal))
                return scope;
        }
        return category.StartsWith("Lateen.", StringComparison.Ordinal) ? "default" : category;
    }
}
