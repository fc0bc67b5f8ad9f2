// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace DataPlane.Tests.Interop;

/// <summary>
/// The service that every peer of <see cref="GrpcInteropTests"/> serves and calls. Messages are plain bytes: what is inside
/// of them is no business of a proxy.
/// </summary>
internal static class EchoMethods
{
    /// <summary>What <c>grpc.health.v1.Health/Check</c> answers: <c>HealthCheckResponse { status: SERVING }</c>.</summary>
    public static readonly byte[] Serving = [8, 1];

    /// <summary>Trailers of every failure that is asked for.</summary>
    public static readonly Metadata Reason = new() { { "x-reason", "because" }, { "x-reason-bin", [0, 255] } };

    private const string Echo = "lateen.test.Echo";

    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(
        static bytes => bytes,
        static bytes => bytes
    );

    /// <summary>Sends its request back; its metadata <c>x-*</c> as headers, those of <c>-bin</c> as trailers.</summary>
    public static readonly Method<byte[], byte[]> Say = Make(MethodType.Unary, Echo, "Say");

    /// <summary>Sends back all requests in one.</summary>
    public static readonly Method<byte[], byte[]> Join = Make(MethodType.ClientStreaming, Echo, "Join");

    /// <summary>Sends back every byte in a message of its own.</summary>
    public static readonly Method<byte[], byte[]> Split = Make(MethodType.ServerStreaming, Echo, "Split");

    /// <summary>Sends back each request when it comes.</summary>
    public static readonly Method<byte[], byte[]> Talk = Make(MethodType.DuplexStreaming, Echo, "Talk");

    /// <summary>Fails as <c>WHEN CODE MESSAGE</c> says: <c>late</c>, behind a message, or <c>early</c>.</summary>
    public static readonly Method<byte[], byte[]> Fail = Make(MethodType.ServerStreaming, Echo, "Fail");

    /// <summary>Never ends by itself. The request is <c>WHEN NAME</c>: <c>late</c> sends a message first.</summary>
    public static readonly Method<byte[], byte[]> Hang = Make(MethodType.ServerStreaming, Echo, "Hang");

    /// <summary>Answers <c>gone</c> when the call that hangs under that name was given up by its client.</summary>
    public static readonly Method<byte[], byte[]> Hung = Make(MethodType.Unary, Echo, "Hung");

    public static readonly Method<byte[], byte[]> Check = Make(MethodType.Unary, "grpc.health.v1.Health", "Check");

    private static Method<byte[], byte[]> Make(MethodType type, string service, string name) =>
        new(type, service, name, s_bytes, s_bytes);
}
