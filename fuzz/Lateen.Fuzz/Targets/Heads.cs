// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;

namespace Lateen.Fuzz.Targets;

/// <summary>Heads as text, to compare them.</summary>
internal static class Heads
{
    public static string Describe(RequestHead head) =>
        $"{Text(head.Method)} {Text(head.Scheme)} {Text(head.Authority)} {Text(head.Path)}\n{Describe(head.Headers)}";

    public static string Describe(ResponseHead head) => $"{head.Status}\n{Describe(head.Headers)}";

    public static string Describe(HeaderMap headers)
    {
        var text = new StringBuilder();
        for (var i = 0; i < headers.Count; i++)
        {
            if (!headers[i].IsRemoved)
                text.Append(Text(headers.Name(i))).Append(": ").Append(Text(headers.Value(i))).Append('\n');
        }
        return text.ToString();
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
