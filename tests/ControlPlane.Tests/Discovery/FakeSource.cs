// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Lateen.Discovery;
using Lateen.Mesh;
using Lateen.Translation;
using Lateen.Xds;

namespace ControlPlane.Tests.Discovery;

/// <summary>Gives every proxy the resources that a test sets, written as <c>name=version</c>.</summary>
internal sealed class FakeSource : ISnapshotSource
{
    private volatile XdsSnapshot _current = XdsSnapshot.Empty;
    private int _asked;

    /// <summary>How often a snapshot was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Runs before each answer, on the connection's task.</summary>
    public Action? BeforeAnswer { get; set; }

    public void Set(string clusters = "", string endpoints = "", string listeners = "", string routes = "") =>
        _current = new XdsSnapshot(
            [
                Resources(TypeUrls.Cluster, clusters, static name => new Cluster { Name = name }),
                Resources(
                    TypeUrls.Endpoints,
                    endpoints,
                    static name => new ClusterLoadAssignment { ClusterName = name }
                ),
                Resources(TypeUrls.Listener, listeners, static name => new Listener { Name = name }),
                Resources(TypeUrls.Route, routes, static name => new RouteConfiguration { Name = name }),
            ],
            []
        );

    /// <summary>Of what is given.</summary>
    public long Revision { get; set; } = 1;

    public XdsSnapshot SnapshotFor(ProxyNode node, out long revision)
    {
        revision = Revision;
        Interlocked.Increment(ref _asked);
        BeforeAnswer?.Invoke();
        return _current;
    }

    private static ResourceSet Resources(string typeUrl, string text, Func<string, IMessage> body) =>
        ResourceSet.Of(
            typeUrl,
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static item => item.Split('='))
                .Select(item => new NamedResource(
                    item[0],
                    item[1],
                    new Any { TypeUrl = typeUrl, Value = body(item[0]).ToByteString() }
                ))
        );
}
