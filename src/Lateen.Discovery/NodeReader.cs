// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Lateen.Mesh;
using Locality = Lateen.Mesh.Locality;
using Status = Grpc.Core.Status;

namespace Lateen.Discovery;

/// <summary>xDS node → <see cref="ProxyNode"/>.</summary>
internal static class NodeReader
{
    /// <exception cref="RpcException">INVALID_ARGUMENT, with what is wrong.</exception>
    public static ProxyNode Read(Node? node)
    {
        if (node is null || node.Id.Length == 0)
            throw new RpcException(
                new Status(StatusCode.InvalidArgument, "missing node information: the first request must carry node.id")
            );
        var fields = node.Metadata?.Fields ?? [];
        var labels = fields.TryGetValue("LABELS", out var value) ? value.StructValue : null;
        var place = node.Locality;
        var locality = place is null ? Locality.None : Locality.Parse($"{place.Region}/{place.Zone}/{place.SubZone}");
        return ProxyNodeParser.TryParse(
            node.Id,
            Texts(fields),
            Texts(labels?.Fields ?? []),
            locality,
            out var parsed,
            out var problem
        )
            ? parsed
            : throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
    }

    private static Dictionary<string, string> Texts(IEnumerable<KeyValuePair<string, Value>> fields) =>
        fields
            .Where(static field => field.Value.KindCase == Value.KindOneofCase.StringValue)
            .ToDictionary(static field => field.Key, static field => field.Value.StringValue, StringComparer.Ordinal);
}
