// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;

namespace Lateen.Http.Http2;

/// <summary>A connection that began as HTTP/1.1 and was upgraded to <c>h2c</c> (RFC 7540 §3.2; RFC 9113 has dropped it).</summary>
public sealed partial class Http2Connection
{
    /// <summary>Decoded bytes of an HTTP2-Settings field: far more settings than there are.</summary>
    private const int MaxUpgradeSettings = 600;

    /// <summary>
    /// Server: takes over the request that asked for the upgrade, as stream 1, which the client has ended. Comes before
    /// <see cref="Start"/>; the owner writes 101 (Switching Protocols) first, and the client's preface follows.
    /// </summary>
    /// <param name="http2Settings">Value of the HTTP2-Settings field.</param>
    /// <param name="head">The request, as HTTP/1 had it.</param>
    /// <returns>The stream to answer on; null when the settings are none, and the upgrade is to be ignored.</returns>
    public Http2Stream? AcceptUpgrade(ReadOnlySpan<byte> http2Settings, RequestHead head, long now)
    {
        Span<byte> settings = stackalloc byte[MaxUpgradeSettings];
        if (
            Base64Url.DecodeFromUtf8(http2Settings, settings, out _, out var length) != OperationStatus.Done
            || length % SettingLength != 0
            || ApplySettings(settings[..length]) != Http2Fault.None
        )
            return null;
        _now = now;
        _lastPeerId = _lastServedId = 1;
        _owned++;
        var stream = OpenStream(1, Http2StreamState.HalfClosedRemote);
        stream.Request = head;
        stream.HeadReceived = true;
        Register(stream);
        return stream;
    }
}
