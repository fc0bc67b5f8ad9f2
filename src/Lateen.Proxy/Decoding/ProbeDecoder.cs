// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf.Collections;
using Lateen.Proxy.Health.Checks;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Core.V3;
using CodecClientType = Envoy.Type.V3.CodecClientType;
using Int64Range = Envoy.Type.V3.Int64Range;

namespace Lateen.Proxy.Decoding;

/// <summary>What a health check asks → <see cref="ProbeSpec"/>.</summary>
internal static class ProbeDecoder
{
    private const int MaxBufferSize = 1024 * 1024;

    public static ProbeSpec? Decode(Api.HealthCheck check, string path, DecodeContext context)
    {
        switch (check.HealthCheckerCase)
        {
            case Api.HealthCheck.HealthCheckerOneofCase.HttpHealthCheck:
                return Http(check.HttpHealthCheck, $"{path}.http_health_check", context);
            case Api.HealthCheck.HealthCheckerOneofCase.TcpHealthCheck:
                return Tcp(check.TcpHealthCheck, $"{path}.tcp_health_check", context);
            case Api.HealthCheck.HealthCheckerOneofCase.GrpcHealthCheck:
                var grpc = check.GrpcHealthCheck;
                return new GrpcProbeSpec
                {
                    ServiceName = grpc.ServiceName,
                    Authority = grpc.Authority,
                    Metadata = HeaderMutationsSpec.None with
                    {
                        RequestAdd = RouteDecoder.Headers(
                            grpc.InitialMetadata,
                            $"{path}.grpc_health_check.initial_metadata",
                            context
                        ),
                    },
                };
            case Api.HealthCheck.HealthCheckerOneofCase.CustomHealthCheck:
                context.Add(
                    $"{path}.custom_health_check",
                    $"is {check.CustomHealthCheck.Name}, which this proxy does not know"
                );
                return null;
            default:
                context.Add(path, "asks nothing; give http_health_check, tcp_health_check or grpc_health_check");
                return null;
        }
    }

    private static HttpProbeSpec Http(Api.HealthCheck.Types.HttpHealthCheck http, string path, DecodeContext context)
    {
        if (http.Path.Length == 0)
            context.Add($"{path}.path", "is missing");
        if (http.CodecClientType is not (CodecClientType.Http1 or CodecClientType.Http2))
            context.Add($"{path}.codec_client_type", $"is {http.CodecClientType}; give HTTP1 or HTTP2");
        if (http.ResponseBufferSize > MaxBufferSize)
            context.Add(
                $"{path}.response_buffer_size",
                $"is {http.ResponseBufferSize}; give {MaxBufferSize} at the most"
            );
        var spec = new HttpProbeSpec(http.Path)
        {
            Host = http.Host,
            Method = Method(http, path, context),
            Payload = http.Send is null ? [] : Payload(http.Send, $"{path}.send", context),
            Receive = Payloads(http.Receive, $"{path}.receive", context),
            BufferSize = (int)Math.Min(http.ResponseBufferSize ?? 1024, MaxBufferSize),
            Headers = HeaderMutationsSpec.None with
            {
                RequestAdd = RouteDecoder.Headers(http.RequestHeadersToAdd, $"{path}.request_headers_to_add", context),
                RequestRemove = RouteDecoder.Names(
                    http.RequestHeadersToRemove,
                    $"{path}.request_headers_to_remove",
                    context
                ),
            },
            Expected =
                http.ExpectedStatuses.Count == 0
                    ? [new StatusRange(200, 201)]
                    : Statuses(http.ExpectedStatuses, $"{path}.expected_statuses", context),
            Retriable = Statuses(http.RetriableStatuses, $"{path}.retriable_statuses", context),
            IsHttp2 = http.CodecClientType == CodecClientType.Http2,
            ServiceName = http.ServiceNameMatcher is null
                ? null
                : RouteMatchDecoder.Text(http.ServiceNameMatcher, $"{path}.service_name_matcher", context),
        };
        var expected = spec.Receive.Sum(static piece => piece.Length);
        if (spec.BufferSize > 0 && expected > spec.BufferSize)
            context.Add($"{path}.receive", $"has {expected} bytes, more than response_buffer_size {spec.BufferSize}");
        return spec;
    }

    private static string Method(Api.HealthCheck.Types.HttpHealthCheck http, string path, DecodeContext context)
    {
        var method = http.Method;
        if (method == Api.RequestMethod.MethodUnspecified)
            method = Api.RequestMethod.Get;
        if (!Enum.IsDefined(method) || method == Api.RequestMethod.Connect)
            context.Add($"{path}.method", $"is {method}, which asks for no answer; leave it out for GET");
        var hasNoBody =
            method
            is Api.RequestMethod.Get
                or Api.RequestMethod.Head
                or Api.RequestMethod.Delete
                or Api.RequestMethod.Trace;
        var text = method.ToString().ToUpperInvariant();
        if (http.Send is not null && hasNoBody)
            context.Add($"{path}.send", $"is a body, which {text} has not; give POST, PUT, PATCH or OPTIONS");
        return text;
    }

    private static TcpProbeSpec Tcp(Api.HealthCheck.Types.TcpHealthCheck tcp, string path, DecodeContext context) =>
        new()
        {
            Send = tcp.Send is null ? [] : Payload(tcp.Send, $"{path}.send", context),
            Receive = Payloads(tcp.Receive, $"{path}.receive", context),
            ProxyProtocolVersion =
                tcp.ProxyProtocolConfig is null ? 0
                : tcp.ProxyProtocolConfig.Version == Api.ProxyProtocolConfig.Types.Version.V2 ? 2
                : 1,
        };

    private static List<byte[]> Payloads(
        RepeatedField<Api.HealthCheck.Types.Payload> payloads,
        string path,
        DecodeContext context
    )
    {
        var pieces = new List<byte[]>();
        for (var i = 0; i < payloads.Count; i++)
            pieces.Add(Payload(payloads[i], $"{path}[{i}]", context));
        return pieces;
    }

    /// <summary>Text is hexadecimal, as in <c>000000FF</c>.</summary>
    private static byte[] Payload(Api.HealthCheck.Types.Payload payload, string path, DecodeContext context)
    {
        switch (payload.PayloadCase)
        {
            case Api.HealthCheck.Types.Payload.PayloadOneofCase.Text when payload.Text.Length > 0:
                try
                {
                    return Convert.FromHexString(payload.Text);
                }
                catch (FormatException)
                {
                    context.Add($"{path}.text", $"is \"{payload.Text}\"; give pairs of hexadecimal digits, or binary");
                    return [];
                }
            case Api.HealthCheck.Types.Payload.PayloadOneofCase.Binary:
                return payload.Binary.ToByteArray();
            default:
                context.Add(path, "is empty; give text in hexadecimal digits, or binary");
                return [];
        }
    }

    private static List<StatusRange> Statuses(RepeatedField<Int64Range> ranges, string path, DecodeContext context)
    {
        var statuses = new List<StatusRange>();
        for (var i = 0; i < ranges.Count; i++)
        {
            var (start, end) = (ranges[i].Start, ranges[i].End);
            if (start < 100 || end > 600 || start >= end)
                context.Add(
                    $"{path}[{i}]",
                    $"is {start} to {end}; statuses are 100 to 599, and the end, which is left out, comes behind the start"
                );
            else
                statuses.Add(new StatusRange((int)start, (int)end));
        }
        return statuses;
    }
}
