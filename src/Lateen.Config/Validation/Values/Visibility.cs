// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Validation.Values;

/// <summary><c>exportTo</c>: which namespaces see a resource.</summary>
internal static class Visibility
{
    /// <param name="mayBeNone">Whether <c>~</c>, nobody, makes sense for the kind.</param>
    public static void Check(IReadOnlyList<string> exportTo, FieldPath at, bool mayBeNone, ValidationScope scope)
    {
        Names.CheckUnique(exportTo, at, "namespace", scope);
        for (var i = 0; i < exportTo.Count; i++)
        {
            var ns = exportTo[i];
            if (ns == "~" ? !mayBeNone : ns is not ("*" or ".") && !Names.IsLabel(ns))
                scope.Add(
                    ProblemCatalogue.BadVisibility,
                    at[i],
                    $"\"{ns}\" is no namespace",
                    "write *, . or the name of a namespace"
                );
        }
        if (exportTo.Contains(".") && exportTo.Contains(scope.Key.Namespace))
            scope.Add(
                ProblemCatalogue.BadVisibility,
                at,
                $"names the resource's own namespace twice: as . and as {scope.Key.Namespace}",
                "keep one of them"
            );
        if (exportTo.Count > 1 && (exportTo.Contains("*") || exportTo.Contains("~")))
            scope.Add(
                ProblemCatalogue.BadVisibility,
                at,
                "names everybody or nobody, and others besides",
                "keep * or ~ alone, or the namespaces"
            );
    }
}
