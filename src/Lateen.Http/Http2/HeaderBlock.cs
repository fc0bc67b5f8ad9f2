// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http2;

/// <summary>A header block that comes in several frames, put together.</summary>
internal struct HeaderBlock
{
    private byte[]? _bytes;
    private int _length;
    private int _frames;

    public uint StreamId { get; private set; }

    public bool EndsStream { get; private set; }

    public readonly bool IsOpen => StreamId != 0;

    public readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Begin(uint streamId, bool endsStream, ReadOnlySpan<byte> fragment, Http2Workspace workspace)
    {
        StreamId = streamId;
        EndsStream = endsStream;
        _length = _frames = 0;
        _bytes = workspace.Rent(fragment.Length);
        fragment.CopyTo(_bytes);
        _length = fragment.Length;
    }

    public Http2Fault Append(ReadOnlySpan<byte> fragment, Http2Workspace workspace, Http2Options options)
    {
        if (++_frames > options.ContinuationLimit || _length + fragment.Length > options.MaxBlockBytes)
            return Http2Fault.ContinuationFlood;
        if (_bytes!.Length - _length < fragment.Length)
        {
            var larger = workspace.Rent(Math.Max(_bytes.Length * 2, _length + fragment.Length));
            Bytes.CopyTo(larger);
            workspace.Return(_bytes);
            _bytes = larger;
        }
        fragment.CopyTo(_bytes.AsSpan(_length));
        _length += fragment.Length;
        return Http2Fault.None;
    }

    public void End(Http2Workspace workspace)
    {
        if (_bytes is not null)
            workspace.Return(_bytes);
        _bytes = null;
        StreamId = 0;
    }
}
