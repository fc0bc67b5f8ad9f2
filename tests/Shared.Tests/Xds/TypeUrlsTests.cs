// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.Reflection;
using Lateen.Xds;

namespace Shared.Tests.Xds;

public sealed class TypeUrlsTests
{
    public static TheoryData<string, string, bool> Types =>
        new()
        {
            { TypeUrls.Cluster, Envoy.Config.Cluster.V3.Cluster.Descriptor.FullName, true },
            { TypeUrls.Endpoints, Envoy.Config.Endpoint.V3.ClusterLoadAssignment.Descriptor.FullName, false },
            { TypeUrls.Listener, Envoy.Config.Listener.V3.Listener.Descriptor.FullName, true },
            { TypeUrls.Route, Envoy.Config.Route.V3.RouteConfiguration.Descriptor.FullName, false },
            { TypeUrls.Secret, Envoy.Extensions.TransportSockets.Tls.V3.Secret.Descriptor.FullName, false },
        };

    [Theory, MemberData(nameof(Types))]
    public void A_type_url_names_the_message(string typeUrl, string message, bool wildcard)
    {
        Assert.Equal($"type.googleapis.com/{message}", typeUrl);
        Assert.Equal(wildcard, TypeUrls.IsWildcard(typeUrl));
    }

    [Fact]
    public void What_is_referred_to_goes_before_what_refers_to_it() =>
        Assert.Equal(
            [TypeUrls.Cluster, TypeUrls.Endpoints, TypeUrls.Listener, TypeUrls.Route, TypeUrls.Secret],
            TypeUrls.PushOrder
        );

    /// <summary>State-of-the-world responses name resources only inside them: the client reads field 1 of each.</summary>
    [Theory]
    [InlineData("envoy.config.cluster.v3.Cluster", "name")]
    [InlineData("envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name")]
    [InlineData("envoy.config.listener.v3.Listener", "name")]
    [InlineData("envoy.config.route.v3.RouteConfiguration", "name")]
    [InlineData("envoy.extensions.transport_sockets.tls.v3.Secret", "name")]
    public void The_first_field_of_every_resource_is_its_name(string message, string field)
    {
        var descriptor = Protos.OwnProtos.Message(message);
        var first = descriptor.FindFieldByNumber(1);
        Assert.Equal(field, first.Name);
        Assert.Equal(FieldType.String, first.FieldType);
    }
}
