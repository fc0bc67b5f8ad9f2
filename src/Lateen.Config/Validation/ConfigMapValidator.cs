// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Core;

namespace Lateen.Config.Validation;

/// <summary>Data is anybody's; but for the settings of the mesh, which are a document within the document.</summary>
internal static class ConfigMapValidator
{
    public static void Check(ConfigMap map, FieldPath at, ValidationScope scope)
    {
        if (MeshSettings.TextIn(scope.Key, map) is not { } text)
            return;
        foreach (var problem in MeshSettings.Decode("mesh", text).Problems)
            scope.Quote(at["data"]["mesh"], problem);
    }
}
