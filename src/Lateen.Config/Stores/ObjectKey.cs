// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Stores;

/// <summary>What names an object in a store.</summary>
/// <param name="Group">API group; empty for Kubernetes' core.</param>
/// <param name="Plural">As in paths of the API: <c>virtualservices</c>.</param>
/// <param name="Namespace">Empty for kinds that are in none.</param>
public readonly record struct ObjectKey(string Group, string Plural, string Namespace, string Name)
{
    /// <summary>As in a path: <c>networking.istio.io/virtualservices/default/reviews</c>.</summary>
    public override string ToString() =>
        string.Join('/', new[] { Group, Plural, Namespace, Name }.Where(static part => part.Length > 0));
}
