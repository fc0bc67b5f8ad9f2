// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Lateen.Config.Yaml;

/// <summary>A hash of what a document says, wherever it stands and however it is laid out.</summary>
internal static class YamlFingerprint
{
    public static string Of(YamlNode node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Lengths in front of texts keep their boundaries apart.</summary>
    private static void Append(StringBuilder text, YamlNode node)
    {
        switch (node)
        {
            case YamlScalar scalar:
                text.Append(scalar.IsPlain ? 'p' : 'q').Append(scalar.Value.Length).Append(':').Append(scalar.Value);
                break;
            case YamlSequence sequence:
                text.Append('[');
                foreach (var item in sequence.Items)
                    Append(text, item);
                text.Append(']');
                break;
            case YamlMapping mapping:
                text.Append('{');
                foreach (var (key, value) in mapping.Entries)
                {
                    Append(text, key);
                    Append(text, value);
                }
                text.Append('}');
                break;
        }
    }
}
