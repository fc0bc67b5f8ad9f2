// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Lateen.Mesh;

namespace ControlPlane.Tests.Translation;

/// <summary><c>unix://</c> in a Gateway's bind and in the address of an endpoint: the proxy gets a path, and no port.</summary>
public class UnixSocketTests
{
    [Fact]
    public void A_gateway_listens_on_a_unix_socket_and_an_endpoint_is_behind_one()
    {
        var golden = new GoldenFiles("gateway");
        var mesh = new MeshFixture(
            MeshConfig.Default,
            """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: local, namespace: shop}
            spec:
              servers: [{port: {number: 0, name: http, protocol: HTTP}, bind: "unix:///run/gateway.sock", hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: local, namespace: shop}
            spec:
              hosts: [local.example.com]
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: "unix://@application"}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: local, namespace: shop}
            spec:
              hosts: ["*"]
              gateways: [local]
              http: [{route: [{destination: {host: local.example.com}}]}]
            """
        );
        var xds = mesh.Translate(golden.Proxy);
        var listener = Assert.Single(Resources<Listener>(xds, Listener.Descriptor));
        Assert.Equal("/run/gateway.sock", listener.Address.Pipe.Path);
        var endpoints = Assert.Single(
            Resources<ClusterLoadAssignment>(xds, ClusterLoadAssignment.Descriptor),
            static assignment => assignment.ClusterName == "outbound|80||local.example.com"
        );
        Assert.Equal(
            "@application",
            Assert.Single(Assert.Single(endpoints.Endpoints).LbEndpoints).Endpoint.Address.Pipe.Path
        );
    }

    private static IEnumerable<T> Resources<T>(
        Lateen.Translation.XdsSnapshot xds,
        Google.Protobuf.Reflection.MessageDescriptor descriptor
    )
        where T : Google.Protobuf.IMessage, new() =>
        xds
            .Sets.SelectMany(static set => set.Resources)
            .Where(resource => resource.Body.Is(descriptor))
            .Select(static resource => resource.Body.Unpack<T>());
}
