// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Looks into the <c>cookie</c> lines of a request (RFC 6265 §4.2).</summary>
internal static class Cookies
{
    /// <summary>The first cookie of the name, quotes around its value taken off.</summary>
    public static bool TryGet(HeaderMap headers, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        for (var i = headers.IndexOf("cookie"u8); i >= 0; i = headers.IndexOf("cookie"u8, i + 1))
        {
            var line = headers.Value(i);
            foreach (var range in line.Split((byte)';'))
            {
                var pair = line[range].Trim((byte)' ');
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name))
                    continue;
                value = pair[(name.Length + 1)..];
                if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
                    value = value[1..^1];
                return true;
            }
        }
        value = default;
        return false;
    }
}
