// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Numerics;

namespace Lateen.Proxy.Streams;

/// <summary>Envoy's short names of <see cref="ResponseFlags"/>.</summary>
public static class ResponseFlagsText
{
    private static readonly string[] s_names =
    [
        "UH",
        "UF",
        "UO",
        "NR",
        "URX",
        "NC",
        "DC",
        "UT",
        "UR",
        "UC",
        "SI",
        "DPE",
        "UPE",
        "UMSDR",
        "OM",
        "DF",
        "DI",
        "FI",
        "DO",
        "DT",
        "IH",
        "LH",
    ];

    /// <summary>Combinations seen so far: a handful, so that a line costs no string.</summary>
    private static readonly ConcurrentDictionary<ResponseFlags, string> s_texts = new();

    /// <summary>As <c>UF,URX</c>; <c>-</c> for none.</summary>
    public static string Of(ResponseFlags flags) =>
        flags == ResponseFlags.None ? "-" : s_texts.GetOrAdd(flags, static value => Join(value));

    /// <summary>One flag by its name.</summary>
    public static bool TryParse(string name, out ResponseFlags flag)
    {
        var bit = Array.IndexOf(s_names, name);
        flag = bit < 0 ? ResponseFlags.None : (ResponseFlags)(1 << bit);
        return bit >= 0;
    }

    private static string Join(ResponseFlags flags)
    {
        var names = new List<string>();
        for (var rest = (uint)flags; rest != 0; rest &= rest - 1)
            names.Add(s_names[BitOperations.TrailingZeroCount(rest)]);
        return string.Join(',', names);
    }
}
