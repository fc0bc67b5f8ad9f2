// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;

namespace Lateen.Http.Targets;

/// <summary>What is cut off a request's host before it is routed by (Envoy <c>HttpConnectionManager</c>).</summary>
/// <param name="Port"><c>strip_matching_host_port</c>, <c>strip_any_host_port</c>.</param>
/// <param name="TrailingDot"><c>strip_trailing_host_dot</c>, false: <c>a.example.</c> is <c>a.example</c>.</param>
public readonly record struct HostOptions(StrippedPort Port = StrippedPort.None, bool TrailingDot = false);

/// <summary>Which ports are cut off.</summary>
public enum StrippedPort : byte
{
    None,

    /// <summary>The one that the connection came to.</summary>
    Matching,
    Any,
}

/// <summary>Gives a request's host its uniform spelling.</summary>
public static class HostNormalizer
{
    /// <param name="localPort">Port that the connection came to.</param>
    /// <returns>The port that was cut off; 0 for none.</returns>
    public static int Apply(RequestHead request, HostOptions options, int localPort)
    {
        var host = request.Authority;
        var port = 0;
        var portLength = 0;
        if (PortStart(host) is >= 0 and var colon && TryParse(host[(colon + 1)..], out port))
            portLength = host.Length - colon;
        var name = host[..^portLength];
        if (options.TrailingDot && name.Length > 1 && name[^1] == '.')
            name = name[..^1];
        var strips =
            portLength > 0
            && (options.Port == StrippedPort.Any || (options.Port == StrippedPort.Matching && port == localPort));
        if (!strips && name.Length + portLength == host.Length)
            return 0;
        if (strips || portLength == 0)
            request.SetAuthority(name);
        else
            SetWithPort(request, name, host[^portLength..]);
        return strips ? port : 0;
    }

    /// <summary>Where the port's colon is; -1 for none. Those inside an IPv6 literal are no port's.</summary>
    private static int PortStart(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon >= 0 && host[colon..].Contains((byte)']') ? -1 : colon;
    }

    private static bool TryParse(ReadOnlySpan<byte> digits, out int port)
    {
        port = 0;
        return digits.Length is > 0 and <= 5
            && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(digits, out port, out _);
    }

    private static void SetWithPort(RequestHead request, ReadOnlySpan<byte> name, ReadOnlySpan<byte> port)
    {
        var room = request.Headers.Reserve(name.Length + port.Length);
        name.CopyTo(room);
        port.CopyTo(room[name.Length..]);
        request.SetAuthority(room[..(name.Length + port.Length)]);
    }
}
