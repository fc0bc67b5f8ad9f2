// SPDX-License-Identifier: Apache-2.0
using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using FilterApi = Envoy.Extensions.Filters;
using SocketApi = Envoy.Extensions.TransportSockets;

namespace Lateen.Proxy.Decoding;

/// <summary>
/// Every message that may stand packed in a resource, for its JSON. Made at the first use, since descriptors of all messages take
/// memory that a proxy nobody asks does not need.
/// </summary>
internal static class WireTypes
{
    private static readonly Lazy<TypeRegistry> s_all = new(Build);

    public static TypeRegistry All => s_all.Value;

    private static TypeRegistry Build() =>
        TypeRegistry.FromMessages(
            DiscoveryResponse.Descriptor,
            BootstrapConfigDump.Descriptor,
            ClustersConfigDump.Descriptor,
            EndpointsConfigDump.Descriptor,
            ListenersConfigDump.Descriptor,
            RoutesConfigDump.Descriptor,
            Bootstrap.Descriptor,
            Envoy.Config.Cluster.V3.Cluster.Descriptor,
            Envoy.Config.Endpoint.V3.ClusterLoadAssignment.Descriptor,
            Envoy.Config.Listener.V3.Listener.Descriptor,
            Envoy.Config.Route.V3.RouteConfiguration.Descriptor,
            Envoy.Config.Route.V3.FilterConfig.Descriptor,
            FilterApi.Network.HttpConnectionManager.V3.HttpConnectionManager.Descriptor,
            FilterApi.Network.TcpProxy.V3.TcpProxy.Descriptor,
            FilterApi.Listener.TlsInspector.V3.TlsInspector.Descriptor,
            FilterApi.Listener.HttpInspector.V3.HttpInspector.Descriptor,
            FilterApi.Listener.OriginalDst.V3.OriginalDst.Descriptor,
            FilterApi.Listener.ProxyProtocol.V3.ProxyProtocol.Descriptor,
            FilterApi.Http.Router.V3.Router.Descriptor,
            FilterApi.Http.GrpcStats.V3.FilterConfig.Descriptor,
            FilterApi.Http.GrpcWeb.V3.GrpcWeb.Descriptor,
            FilterApi.Http.Cors.V3.Cors.Descriptor,
            FilterApi.Http.Fault.V3.HTTPFault.Descriptor,
            FilterApi.Http.HealthCheck.V3.HealthCheck.Descriptor,
            SocketApi.Tls.V3.Secret.Descriptor,
            SocketApi.Tls.V3.DownstreamTlsContext.Descriptor,
            SocketApi.Tls.V3.UpstreamTlsContext.Descriptor,
            SocketApi.Tls.V3.SPIFFECertValidatorConfig.Descriptor,
            SocketApi.RawBuffer.V3.RawBuffer.Descriptor,
            SocketApi.ProxyProtocol.V3.ProxyProtocolUpstreamTransport.Descriptor,
            Envoy.Extensions.AccessLoggers.File.V3.FileAccessLog.Descriptor,
            Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions.Descriptor,
            Envoy.Extensions.HealthCheck.EventSinks.File.V3.HealthCheckEventFileSink.Descriptor,
            Envoy.Extensions.Retry.Host.OmitCanaryHosts.V3.OmitCanaryHostsPredicate.Descriptor,
            Envoy.Extensions.Retry.Host.OmitHostMetadata.V3.OmitHostMetadataConfig.Descriptor,
            Envoy.Extensions.Retry.Host.PreviousHosts.V3.PreviousHostsPredicate.Descriptor,
            Envoy.Extensions.Retry.Priority.PreviousPriorities.V3.PreviousPrioritiesConfig.Descriptor,
            global::Stats.PluginConfig.Descriptor,
            Udpa.Type.V1.TypedStruct.Descriptor,
            global::Xds.Type.V3.TypedStruct.Descriptor,
            StringValue.Descriptor
        );
}
