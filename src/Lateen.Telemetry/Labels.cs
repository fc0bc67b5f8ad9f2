// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Telemetry;

/// <summary>Writes Prometheus labels (text exposition format 0.0.4).</summary>
public static class Labels
{
    public static string Of(string name, string value) => Append(new StringBuilder(), name, value).ToString();

    /// <summary>Adds <c>name="value"</c>, after a comma where it is not the first; backslash, quote and line feed are escaped.</summary>
    public static StringBuilder Append(StringBuilder labels, string name, string value)
    {
        if (labels.Length > 0)
            labels.Append(',');
        labels.Append(name).Append("=\"");
        foreach (var c in value)
        {
            switch (c)
            {
                case '\\':
                    labels.Append(@"\\");
                    break;
                case '"':
                    labels.Append("\\\"");
                    break;
                case '\n':
                    labels.Append(@"\n");
                    break;
                default:
                    labels.Append(c);
                    break;
            }
        }
        return labels.Append('"');
    }
}
