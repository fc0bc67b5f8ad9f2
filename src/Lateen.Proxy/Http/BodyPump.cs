// SPDX-License-Identifier: Apache-2.0
using Lateen.Http.Http1;
using Lateen.Proxy.Http.Mirroring;

namespace Lateen.Proxy.Http;

/// <summary>Moves a body from the stream it comes in on to the stream it goes out on.</summary>
internal static class BodyPump
{
    /// <summary>Stages all that is here and fits; also the end, if it is reached.</summary>
    /// <param name="bytes">Payload moved so far; counted on.</param>
    /// <param name="mirrors">Who gets a copy; null for nobody.</param>
    /// <returns>
    /// <see cref="BodyStatus.Data"/> when there is more but the outgoing side has no room for it, else what the incoming side said last.
    /// </returns>
    public static BodyStatus Move(HttpStream from, HttpStream to, ref long bytes, RequestMirrors? mirrors = null)
    {
        while (true)
        {
            var room = to.Room;
            if (room <= 0 && !from.IsBodyComplete)
                return from.HasUnread ? BodyStatus.Data : BodyStatus.NeedMore;
            var status = from.Read(room, out var payload);
            switch (status)
            {
                case BodyStatus.Data:
                    to.Append(payload);
                    bytes += payload.Length;
                    mirrors?.OnData(payload, bytes);
                    break;
                case BodyStatus.Complete:
                    to.End(from.Trailers);
                    mirrors?.OnEnd(from.Trailers);
                    return status;
                default:
                    return status;
            }
        }
    }
}
