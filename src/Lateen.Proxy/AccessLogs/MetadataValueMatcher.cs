// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using Lateen.Proxy.Routing;

namespace Lateen.Proxy.AccessLogs;

/// <summary>
/// Envoy <c>ValueMatcher</c> for the metadata of connections, which is texts: it is met by one of the texts, or by any. What asks for
/// numbers, booleans, lists or null is met by none.
/// </summary>
internal sealed class MetadataValueMatcher(IReadOnlyList<StringMatchSpec> texts, bool matchesAny)
{
    private readonly ByteMatcher[] _texts = texts.Select(static text => new ByteMatcher(text)).ToArray();

    public bool Matches(string text)
    {
        if (matchesAny || _texts.Length == 0)
            return matchesAny;
        // A value of the PROXY protocol has up to 64 KiB.
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var bytes = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
        var matches = false;
        for (var i = 0; i < _texts.Length && !matches; i++)
            matches = _texts[i].Matches(bytes);
        ArrayPool<byte>.Shared.Return(rented);
        return matches;
    }
}
