// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Http.Http1;

/// <summary>Which fields may come as trailers.</summary>
internal static class Trailers
{
    /// <summary>RFC 9110 §6.5.1: nothing that frames or routes the message, or that is checked before the body is there.</summary>
    public static bool IsAllowed(HeaderMap trailers, int index)
    {
        switch (trailers[index].Id)
        {
            case KnownHeader.Host:
            case KnownHeader.Connection:
            case KnownHeader.KeepAlive:
            case KnownHeader.ProxyConnection:
            case KnownHeader.TransferEncoding:
            case KnownHeader.ContentLength:
            case KnownHeader.Te:
            case KnownHeader.Trailer:
            case KnownHeader.Upgrade:
            case KnownHeader.Expect:
            case KnownHeader.ContentType:
            case KnownHeader.XForwardedFor:
            case KnownHeader.XForwardedProto:
                return false;
        }
        var name = trailers.Name(index);
        return !(
            name.SequenceEqual("authorization"u8)
            || name.SequenceEqual("cookie"u8)
            || name.SequenceEqual("set-cookie"u8)
            || name.SequenceEqual("content-encoding"u8)
            || name.SequenceEqual("content-range"u8)
            || name.SequenceEqual("cache-control"u8)
            || name.SequenceEqual("max-forwards"u8)
        );
    }
}
