// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Yaml;

namespace Lateen.Config.Decoding;

/// <summary>Finds keys that a mapping has twice: one of the two would be lost in silence.</summary>
internal static class DuplicateKeys
{
    public static void Tell(YamlNode document, DecodeScope scope) => Tell(document, FieldPath.Root, scope);

    private static void Tell(YamlNode node, FieldPath path, DecodeScope scope)
    {
        switch (node)
        {
            case YamlMapping map:
                foreach (var key in map.Duplicates)
                    scope.Add(ProblemCatalogue.DuplicateKey(key.At, scope.Subject, path[key.Value].ToString()));
                foreach (var (key, value) in map.Entries)
                {
                    if (value is not YamlScalar)
                        Tell(value, path[key.Value], scope);
                }
                break;
            case YamlSequence list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    if (list.Items[i] is not YamlScalar)
                        Tell(list.Items[i], path[i], scope);
                }
                break;
        }
    }
}
