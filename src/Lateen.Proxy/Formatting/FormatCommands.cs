// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Lateen.Http;
using Lateen.Proxy.AccessLogs;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Formatting;

/// <summary>The commands of a <see cref="SubstitutionFormat"/> (Envoy "command operators").</summary>
internal static class FormatCommands
{
    public static FormatPart Parse(string command)
    {
        var open = command.IndexOf('(');
        var name = open < 0 ? command : command[..open];
        var close = command.LastIndexOf(')');
        if (open >= 0 && close < open)
            throw new FormatException($"%{command}% has no closing parenthesis");
        var argument = open < 0 ? "" : command[(open + 1)..close];
        var maxLength = MaxLength(command, close < 0 ? name.Length : close + 1);
        return name switch
        {
            "REQ" => new RequestHeaderPart(argument, maxLength),
            "RESP" => new ResponseHeaderPart(argument, maxLength),
            "START_TIME" => new TimePart(argument, static stream => stream.StartUnixTicks),
            "PROTOCOL" => new TextPart(ProtocolOf),
            "RESPONSE_CODE" => new NumberPart(static stream => stream.ResponseCode),
            "RESPONSE_FLAGS" => new TextPart(static stream => ResponseFlagsText.Of(stream.Flags)),
            "RESPONSE_CODE_DETAILS" => new TextPart(static stream => stream.ResponseCodeDetails),
            "CONNECTION_TERMINATION_DETAILS" => new TextPart(static stream => stream.ConnectionTerminationDetails),
            "UPSTREAM_TRANSPORT_FAILURE_REASON" => new TextPart(static stream =>
                stream.UpstreamTransportFailureReason?.Replace(' ', '_')
            ),
            "BYTES_RECEIVED" => new NumberPart(static stream => stream.BytesReceived),
            "BYTES_SENT" => new NumberPart(static stream => stream.BytesSent),
            "DURATION" => new NumberPart(static stream => (long)stream.Duration.TotalMilliseconds),
            "UPSTREAM_HOST" => new TextPart(static stream => stream.UpstreamHost),
            "UPSTREAM_CLUSTER" or "UPSTREAM_CLUSTER_RAW" => new TextPart(static stream => stream.UpstreamCluster),
            "UPSTREAM_LOCAL_ADDRESS" => new TextPart(static stream => stream.UpstreamLocalAddress),
            "DOWNSTREAM_LOCAL_ADDRESS" => new TextPart(static stream => stream.DownstreamLocalAddress),
            "DOWNSTREAM_REMOTE_ADDRESS" => new ClientAddressPart(hasPort: true),
            "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" => new ClientAddressPart(hasPort: false),
            "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" => new TextPart(static stream => stream.DownstreamDirectRemoteAddress),
            "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" => new TextPart(static stream =>
                ClientAddressPart.WithoutPort(stream.DownstreamDirectRemoteAddress)
            ),
            "GRPC_STATUS" => GrpcStatusPart.Parse(argument),
            "GRPC_STATUS_NUMBER" => GrpcStatusPart.Parse("NUMBER"),
            "REQUESTED_SERVER_NAME" => new TextPart(static stream => stream.RequestedServerName),
            "TLS_JA3_FINGERPRINT" => new TextPart(static stream =>
                stream.Inspected.Ja3 is { Length: > 0 } ja3 ? ja3 : null
            ),
            "ACCESS_LOG_TYPE" => new TextPart(static stream => TypeOf(stream.LogType)),
            "DYNAMIC_METADATA" => new MetadataPart(argument),
            "ROUTE_NAME" => new TextPart(static stream => stream.RouteName),
            "UPSTREAM_REQUEST_ATTEMPT_COUNT" => new NumberPart(static stream => stream.AttemptCount),
            _ => TlsCommands.Parse(name, argument)
                ?? throw new FormatException($"%{command}% is no command that is known here"),
        };
    }

    private static string TypeOf(AccessLogType type) =>
        type switch
        {
            AccessLogType.DownstreamEnd => nameof(AccessLogType.DownstreamEnd),
            AccessLogType.TcpConnectionEnd => nameof(AccessLogType.TcpConnectionEnd),
            _ => nameof(AccessLogType.NotSet),
        };

    private static int MaxLength(string command, int from)
    {
        if (from >= command.Length)
            return int.MaxValue;
        return
            command[from] == ':'
            && int.TryParse(command.AsSpan(from + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new FormatException($"%{command}% has a length that is no number");
    }

    /// <summary>Null for a TCP connection, whose record has no request.</summary>
    private static string? ProtocolOf(StreamInfo stream) =>
        stream.Request.Version switch
        {
            _ when stream.Request.Method.IsEmpty => null,
            HttpVersion.Http10 => "HTTP/1.0",
            HttpVersion.Http2 => "HTTP/2",
            _ => "HTTP/1.1",
        };

    /// <summary><c>REQ(X?Y)</c>: the header X, or Y where X is not there.</summary>
    private sealed class RequestHeaderPart : FormatPart
    {
        private readonly string[] _names;
        private readonly byte[][] _bytes;
        private readonly int _maxLength;

        public RequestHeaderPart(string argument, int maxLength)
        {
            _names = argument.ToLowerInvariant().Split('?');
            _bytes = Array.ConvertAll(_names, Encoding.ASCII.GetBytes);
            _maxLength = maxLength;
        }

        public override int TryWrite(StreamInfo stream, Span<byte> destination)
        {
            for (var i = 0; i < _names.Length; i++)
            {
                var value = Find(stream.Request, i);
                if (!value.IsEmpty)
                    return Put(value[..Math.Min(value.Length, _maxLength)], destination);
            }
            return None;
        }

        private ReadOnlySpan<byte> Find(RequestHead request, int index)
        {
            switch (_names[index])
            {
                case ":method":
                    return request.Method;
                case ":path":
                    return request.Path;
                case ":authority":
                    return request.Authority;
                case ":scheme":
                    return request.Scheme;
                default:
                    request.Headers.TryGet(_bytes[index], out var value);
                    return value;
            }
        }
    }

    private sealed class ResponseHeaderPart(string name, int maxLength) : FormatPart
    {
        private readonly byte[] _name = Encoding.ASCII.GetBytes(name.ToLowerInvariant());

        public override int TryWrite(StreamInfo stream, Span<byte> destination)
        {
            if (!stream.Response.Headers.TryGet(_name, out var value) || value.IsEmpty)
                return None;
            return Put(value[..Math.Min(value.Length, maxLength)], destination);
        }
    }
}
