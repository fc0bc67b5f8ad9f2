// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;

namespace Lateen.Proxy.Http.Mirroring;

/// <summary>What makes a copied request known as a copy, as Envoy's shadow writer and its async client do it.</summary>
internal static class MirrorHead
{
    private const int MaxAuthority = 512;

    private static ReadOnlySpan<byte> Suffix => "-shadow"u8;

    /// <param name="proxy">This proxy's address, which joins <c>x-forwarded-for</c>; empty where it is not known.</param>
    public static void Prepare(RequestHead request, bool addsSuffix, ReadOnlySpan<byte> proxy)
    {
        if (addsSuffix)
            AddSuffix(request);
        request.Headers.Set(KnownHeader.XEnvoyInternal, "true"u8);
        if (!proxy.IsEmpty)
            AppendForwardedFor(request.Headers, proxy);
    }

    /// <summary><c>shop:8080</c> becomes <c>shop-shadow:8080</c>.</summary>
    private static void AddSuffix(RequestHead request)
    {
        var authority = request.Authority;
        if (authority.Length > MaxAuthority)
            return;
        var host = authority.Length - PortLength(authority);
        Span<byte> text = stackalloc byte[MaxAuthority + Suffix.Length];
        authority[..host].CopyTo(text);
        Suffix.CopyTo(text[host..]);
        authority[host..].CopyTo(text[(host + Suffix.Length)..]);
        request.SetAuthority(text[..(authority.Length + Suffix.Length)]);
    }

    /// <summary>Length of the port with its colon; 0 for none. The colons of an IPv6 address stand in brackets.</summary>
    private static int PortLength(ReadOnlySpan<byte> authority)
    {
        var colon = authority.LastIndexOf((byte)':');
        return colon < 0 || authority[colon..].Contains((byte)']') ? 0 : authority.Length - colon;
    }

    private static void AppendForwardedFor(HeaderMap headers, ReadOnlySpan<byte> proxy)
    {
        Span<byte> value = stackalloc byte[1024];
        var at = 0;
        if (headers.TryGet(KnownHeader.XForwardedFor, out var earlier) && !earlier.IsEmpty)
        {
            if (earlier.Length + 2 + proxy.Length > value.Length)
                return;
            earlier.CopyTo(value);
            ", "u8.CopyTo(value[earlier.Length..]);
            at = earlier.Length + 2;
        }
        proxy.CopyTo(value[at..]);
        headers.Set(KnownHeader.XForwardedFor, value[..(at + proxy.Length)]);
    }
}
