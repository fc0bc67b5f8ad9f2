// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;

namespace Lateen.Proxy.Routing;

/// <summary>Looks into the query of a request's target, as it stands: nothing is decoded.</summary>
internal static class QueryString
{
    public static bool TryGet(RequestHead request, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var full = request.Path;
        var path = request.PathWithoutQuery;
        return TryGet(full.Length > path.Length ? full[(path.Length + 1)..] : default, name, out value);
    }

    /// <summary>The first parameter of the name; without an equals sign its value is empty.</summary>
    /// <param name="query">Without the question mark.</param>
    public static bool TryGet(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var range in query.Split((byte)'&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf((byte)'=');
            if (!(equals < 0 ? parameter : parameter[..equals]).SequenceEqual(name))
                continue;
            value = equals < 0 ? default : parameter[(equals + 1)..];
            return true;
        }
        value = default;
        return false;
    }
}
