// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Accesslog.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Google.Protobuf.WellKnownTypes;
using Lateen.Mesh;

namespace Lateen.Translation.Listeners;

/// <summary>Access logs, when the mesh has them on.</summary>
internal static class AccessLogs
{
    /// <summary>Istio's text format, its newline included.</summary>
    public const string DefaultFormat =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% "
        + "%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
        + "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
        + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
        + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% "
        + "%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
        + "%REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    /// <summary>For filters: every request, every connection.</summary>
    public static IEnumerable<AccessLog> OfFilter(MeshConfig mesh)
    {
        if (mesh.AccessLogFile.Length > 0)
            yield return Create(mesh);
    }

    /// <summary>For listeners: connections that no filter chain takes, of which no filter can tell.</summary>
    public static IEnumerable<AccessLog> OfListener(MeshConfig mesh)
    {
        if (mesh.AccessLogFile.Length == 0)
            yield break;
        var log = Create(mesh);
        log.Filter = new AccessLogFilter { ResponseFlagFilter = new() { Flags = { "NR" } } };
        yield return log;
    }

    private static AccessLog Create(MeshConfig mesh)
    {
        var format = mesh.AccessLogFormat.Length > 0 ? mesh.AccessLogFormat : DefaultFormat;
        return new AccessLog
        {
            Name = "envoy.access_loggers.file",
            TypedConfig = Any.Pack(
                new FileAccessLog
                {
                    Path = mesh.AccessLogFile,
                    LogFormat = new() { TextFormatSource = new() { InlineString = format } },
                }
            ),
        };
    }
}
