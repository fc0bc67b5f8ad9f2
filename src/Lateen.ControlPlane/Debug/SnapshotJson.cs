// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Lateen.Translation;

namespace Lateen.ControlPlane.Debug;

/// <summary>xDS as JSON: every resource of a snapshot, by type.</summary>
internal static class SnapshotJson
{
    private static readonly JsonFormatter s_formatter = new(
        JsonFormatter
            .Settings.Default.WithPreserveProtoFieldNames(true)
            .WithTypeRegistry(
                TypeRegistry.FromMessages(
                    Cluster.Descriptor,
                    ClusterLoadAssignment.Descriptor,
                    Listener.Descriptor,
                    RouteConfiguration.Descriptor,
                    HttpConnectionManager.Descriptor,
                    TcpProxy.Descriptor,
                    Router.Descriptor,
                    FileAccessLog.Descriptor,
                    HttpProtocolOptions.Descriptor,
                    Envoy.Extensions.Filters.Http.GrpcStats.V3.FilterConfig.Descriptor,
                    Envoy.Extensions.Filters.Http.GrpcWeb.V3.GrpcWeb.Descriptor,
                    global::Stats.PluginConfig.Descriptor
                )
            )
    );

    public static byte[] Write(XdsSnapshot snapshot) =>
        JsonPage.Write(json =>
        {
            json.WriteStartObject();
            foreach (var set in snapshot.Sets)
            {
                json.WriteStartObject(set.TypeUrl);
                json.WriteString("version", set.Version);
                json.WriteStartArray("resources");
                foreach (var resource in set.Resources)
                    json.WriteRawValue(s_formatter.Format(resource.Body));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
}
