// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Lateen.Config.Sources;

/// <summary>A version of a text of which something is in force.</summary>
/// <param name="Content">All that it said.</param>
/// <param name="At">Since when.</param>
/// <param name="Keys">What of it is in force; null for everything that is good in it.</param>
public sealed record GoodText(string Content, DateTimeOffset At, IReadOnlyList<ConfigKey>? Keys = null)
{
    /// <summary>Stands for the content, in hexadecimal digits.</summary>
    public static string DigestOf(string content) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
