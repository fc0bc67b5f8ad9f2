// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Filters.Grpc;

/// <summary>What a gRPC request calls, kept as <c>service/method</c> from the path it came with, which a route may rewrite.</summary>
internal sealed class GrpcMethod
{
    /// <summary>Bytes of a name that is kept; calls of longer ones count without.</summary>
    private const int MaxLength = 512;

    private readonly byte[] _name = new byte[MaxLength];
    private int _length;

    /// <summary>Empty when the name is not to be told.</summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _length);

    /// <summary>False when the path is no <c>/service/method</c>.</summary>
    public bool TrySet(ReadOnlySpan<byte> path)
    {
        _length = 0;
        var query = path.IndexOf((byte)'?');
        if (query >= 0)
            path = path[..query];
        if (path.Length < 4 || path[0] != '/')
            return false;
        path = path[1..];
        var slash = path.IndexOf((byte)'/');
        if (slash <= 0 || slash == path.Length - 1 || path[(slash + 1)..].Contains((byte)'/'))
            return false;
        if (path.Length > MaxLength)
            return true;
        path.CopyTo(_name);
        _length = path.Length;
        return true;
    }

    /// <summary>The name is not to be told.</summary>
    public void Clear() => _length = 0;

    /// <summary><c>replace_dots_in_grpc_service_name</c>.</summary>
    public void ReplaceDots()
    {
        var service = _name.AsSpan(0, Math.Max(0, Name.IndexOf((byte)'/')));
        service.Replace((byte)'.', (byte)'_');
    }
}
