// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Lateen.Proxy.Routing;

/// <summary>
/// Protocols that clients may, or may not, switch to (Envoy <c>upgrade_configs</c>): <c>websocket</c>, <c>CONNECT</c> and any
/// other token; case does not matter.
/// </summary>
public sealed class UpgradeList(IReadOnlyList<KeyValuePair<string, bool>> entries)
{
    private readonly (byte[] Type, bool IsEnabled)[] _entries =
    [
        .. entries.Select(static entry => (Encoding.ASCII.GetBytes(entry.Key), entry.Value)),
    ];

    public static UpgradeList None { get; } = new([]);

    /// <summary>Whether the type is served; null when nothing is said of it.</summary>
    public bool? Find(ReadOnlySpan<byte> type)
    {
        foreach (var (known, isEnabled) in _entries)
        {
            if (Ascii.EqualsIgnoreCase(type, known))
                return isEnabled;
        }
        return null;
    }
}

/// <summary>A CONNECT that ends at this proxy: its bytes go to the upstream as they are (Envoy <c>ConnectConfig</c>).</summary>
/// <param name="AllowPost"><c>allow_post</c>: the body of a POST likewise.</param>
/// <param name="ProxyProtocolVersion"><c>proxy_protocol_config.version</c>: the header that goes first, 1 or 2; 0 for none.</param>
public sealed record ConnectSpec(bool AllowPost, int ProxyProtocolVersion);
