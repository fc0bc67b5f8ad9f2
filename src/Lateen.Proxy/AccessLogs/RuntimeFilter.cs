// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using Lateen.Proxy.Overload;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.AccessLogs;

/// <summary>
/// <c>runtime_filter</c>: a share of the streams. Which of them, their <c>x-request-id</c> says, so that every proxy of a request
/// logs it or none does; chance where there is none, and where that is asked for.
/// </summary>
/// <param name="key">Gives the share, in parts of <paramref name="parts"/>.</param>
/// <param name="share">What holds while nobody gives another one.</param>
/// <param name="isIndependent"><c>use_independent_randomness</c>.</param>
internal sealed class RuntimeFilter(string key, uint share, uint parts, bool isIndependent) : AccessLogFilter
{
    /// <summary>Digits of the identifier that are looked at (Envoy <c>UUIDRequestIDExtension</c>).</summary>
    private const int Digits = 8;

    private RuntimeNumber? _share;

    public override void Bind(RuntimeValues runtime) => _share = runtime.Number(key, share);

    public override bool Matches(StreamInfo stream) => Draw(stream) % parts < (ulong)(_share?.Value ?? share);

    private ulong Draw(StreamInfo stream)
    {
        var headers = stream.Request.Headers;
        if (
            !isIndependent
            && headers.IndexOf("x-request-id"u8) is >= 0 and var index
            && headers.Value(index) is { Length: >= Digits } id
            && Utf8Parser.TryParse(id[..Digits], out uint number, out var read, 'x')
            && read == Digits
        )
            return number;
        return (ulong)Random.Shared.NextInt64();
    }
}
