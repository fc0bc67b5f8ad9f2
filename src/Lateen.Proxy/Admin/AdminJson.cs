// SPDX-License-Identifier: Apache-2.0
using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Proxy.Admin;

/// <summary>
/// Protobuf → JSON as Envoy's admin has it: snake_case, Any inline. Made at the first request for it, since descriptors of
/// all messages take memory that a proxy nobody asks does not need.
/// </summary>
internal static class AdminJson
{
    private static readonly Lazy<JsonFormatter> s_formatter = new(static () =>
        new JsonFormatter(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(Types()))
    );

    public static AdminResponse Write(IMessage message) => AdminResponse.Json(s_formatter.Value.Format(message) + "\n");

    /// <summary>A resource that can be shown: one with an extension that has no descriptor here is shown by its type alone.</summary>
    public static Any Showable(Any resource)
    {
        try
        {
            s_formatter.Value.Format(resource);
            return resource;
        }
        catch (InvalidOperationException)
        {
            return Any.Pack(
                new StringValue
                {
                    Value = $"{resource.TypeUrl} with parts unknown to this proxy, {resource.Value.Length} bytes",
                }
            );
        }
    }

    private static TypeRegistry Types() =>
        TypeRegistry.FromMessages(
            BootstrapConfigDump.Descriptor,
            ClustersConfigDump.Descriptor,
            EndpointsConfigDump.Descriptor,
            ListenersConfigDump.Descriptor,
            RoutesConfigDump.Descriptor,
            Bootstrap.Descriptor,
            Cluster.Descriptor,
            ClusterLoadAssignment.Descriptor,
            Listener.Descriptor,
            RouteConfiguration.Descriptor,
            HttpConnectionManager.Descriptor,
            TcpProxy.Descriptor,
            Router.Descriptor,
            FileAccessLog.Descriptor,
            Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions.Descriptor,
            Envoy.Extensions.Filters.Http.GrpcStats.V3.FilterConfig.Descriptor,
            Envoy.Extensions.Filters.Http.GrpcWeb.V3.GrpcWeb.Descriptor,
            Envoy.Extensions.Filters.Http.Cors.V3.Cors.Descriptor,
            Envoy.Extensions.Filters.Http.Fault.V3.HTTPFault.Descriptor,
            global::Stats.PluginConfig.Descriptor,
            Udpa.Type.V1.TypedStruct.Descriptor,
            global::Xds.Type.V3.TypedStruct.Descriptor,
            StringValue.Descriptor
        );
}
