// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Http;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Filters.Fault;

/// <summary>Executable form of a <see cref="FaultSpec"/>.</summary>
internal sealed class Fault
{
    private static readonly byte[] s_body = "fault filter abort"u8.ToArray();
    private readonly HeaderCondition[] _headers;

    public Fault(FaultSpec spec)
    {
        Spec = spec;
        _headers = HeaderCondition.All(spec.Headers);
        if (spec.Abort is { IsFromHeader: false } abort)
            Reply = ReplyWith(abort.HttpStatus ?? HttpStatusOf(abort.GrpcStatus!.Value));
    }

    public FaultSpec Spec { get; }

    /// <summary>The answer of an abort whose status is configured; made once.</summary>
    public LocalReply? Reply { get; }

    /// <summary>Whether the request is one of those the fault is for.</summary>
    public bool Concerns(StreamInfo stream)
    {
        if (Spec.Cluster is not null && !GoesTo(Spec.Cluster, stream.Route))
            return false;
        foreach (var header in _headers)
        {
            if (!header.IsMet(stream.Request))
                return false;
        }
        return true;
    }

    public static LocalReply ReplyWith(int status) =>
        new(status, s_body, "fault_filter_abort", ResponseFlags.FaultInjected);

    /// <summary>What an HTTP client is told of a gRPC status (google.rpc.Code's HTTP mapping).</summary>
    public static int HttpStatusOf(int grpcStatus) =>
        grpcStatus switch
        {
            0 => 200,
            1 => 499,
            3 or 9 or 11 => 400,
            4 => 504,
            5 => 404,
            6 or 10 => 409,
            7 => 403,
            8 => 429,
            12 => 501,
            14 => 503,
            16 => 401,
            _ => 500,
        };

    private static bool GoesTo(string cluster, RouteEntry? route) =>
        route?.Spec.Action is ForwardActionSpec { Clusters: [var only] } && only.Name == cluster;
}
