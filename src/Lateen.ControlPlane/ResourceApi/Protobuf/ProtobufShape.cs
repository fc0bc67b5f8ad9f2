// SPDX-License-Identifier: Apache-2.0
namespace Lateen.ControlPlane.ResourceApi.Protobuf;

/// <summary>What a field of a message holds.</summary>
internal enum ProtobufType : byte
{
    Text,
    Whole,

    /// <summary>False is what nobody set.</summary>
    Flag,

    /// <summary>False is something that somebody set.</summary>
    OptionalFlag,

    /// <summary>A message of its own.</summary>
    Message,

    /// <summary>A map of texts.</summary>
    Texts,

    /// <summary>A map of bytes.</summary>
    Bytes,

    /// <summary>Kubernetes' IntOrString.</summary>
    NumberOrText,
}

/// <summary>A field of a message.</summary>
/// <param name="Name">As in JSON.</param>
/// <param name="Message">Its fields, where it is one.</param>
internal sealed record ProtobufField(
    string Name,
    ProtobufType Type = ProtobufType.Text,
    bool IsList = false,
    IReadOnlyDictionary<int, ProtobufField>? Message = null
);

/// <summary>
/// Numbers of fields of Kubernetes' core kinds (generated.proto of k8s.io/api/core/v1), as far as <c>kubectl create</c> makes them
/// itself: those it sends as protobuf.
/// </summary>
internal static class ProtobufShapes
{
    private static readonly Dictionary<int, ProtobufField> s_owner = new()
    {
        [1] = new("kind"),
        [3] = new("name"),
        [4] = new("uid"),
        [5] = new("apiVersion"),
        [6] = new("controller", ProtobufType.OptionalFlag),
        [7] = new("blockOwnerDeletion", ProtobufType.OptionalFlag),
    };

    private static readonly Dictionary<int, ProtobufField> s_metadata = new()
    {
        [1] = new("name"),
        [2] = new("generateName"),
        [3] = new("namespace"),
        [5] = new("uid"),
        [6] = new("resourceVersion"),
        [11] = new("labels", ProtobufType.Texts),
        [12] = new("annotations", ProtobufType.Texts),
        [13] = new("ownerReferences", ProtobufType.Message, IsList: true, s_owner),
        [14] = new("finalizers", IsList: true),
    };

    private static readonly ProtobufField s_metadataField = new("metadata", ProtobufType.Message, Message: s_metadata);

    private static readonly Dictionary<int, ProtobufField> s_reference = new()
    {
        [1] = new("kind"),
        [2] = new("namespace"),
        [3] = new("name"),
        [4] = new("uid"),
        [5] = new("apiVersion"),
        [6] = new("resourceVersion"),
        [7] = new("fieldPath"),
    };

    private static readonly Dictionary<int, ProtobufField> s_port = new()
    {
        [1] = new("name"),
        [2] = new("protocol"),
        [3] = new("port", ProtobufType.Whole),
        [4] = new("targetPort", ProtobufType.NumberOrText),
        [5] = new("nodePort", ProtobufType.Whole),
        [6] = new("appProtocol"),
    };

    private static readonly Dictionary<int, ProtobufField> s_serviceSpec = new()
    {
        [1] = new("ports", ProtobufType.Message, IsList: true, s_port),
        [2] = new("selector", ProtobufType.Texts),
        [3] = new("clusterIP"),
        [4] = new("type"),
        [5] = new("externalIPs", IsList: true),
        [7] = new("sessionAffinity"),
        [8] = new("loadBalancerIP"),
        [9] = new("loadBalancerSourceRanges", IsList: true),
        [10] = new("externalName"),
        [11] = new("externalTrafficPolicy"),
        [12] = new("healthCheckNodePort", ProtobufType.Whole),
        [13] = new("publishNotReadyAddresses", ProtobufType.Flag),
        [17] = new("ipFamilyPolicy"),
        [18] = new("clusterIPs", IsList: true),
        [19] = new("ipFamilies", IsList: true),
        [20] = new("allocateLoadBalancerNodePorts", ProtobufType.OptionalFlag),
        [21] = new("loadBalancerClass"),
        [22] = new("internalTrafficPolicy"),
        [23] = new("trafficDistribution"),
    };

    private static readonly Dictionary<string, IReadOnlyDictionary<int, ProtobufField>> s_kinds = new(
        StringComparer.Ordinal
    )
    {
        ["Namespace"] = new Dictionary<int, ProtobufField>
        {
            [1] = s_metadataField,
            [2] = new(
                "spec",
                ProtobufType.Message,
                Message: new Dictionary<int, ProtobufField> { [1] = new("finalizers", IsList: true) }
            ),
            [3] = new(
                "status",
                ProtobufType.Message,
                Message: new Dictionary<int, ProtobufField> { [1] = new("phase") }
            ),
        },
        ["ConfigMap"] = new Dictionary<int, ProtobufField>
        {
            [1] = s_metadataField,
            [2] = new("data", ProtobufType.Texts),
            [3] = new("binaryData", ProtobufType.Bytes),
            [4] = new("immutable", ProtobufType.OptionalFlag),
        },
        ["Secret"] = new Dictionary<int, ProtobufField>
        {
            [1] = s_metadataField,
            [2] = new("data", ProtobufType.Bytes),
            [3] = new("type"),
            [4] = new("stringData", ProtobufType.Texts),
            [5] = new("immutable", ProtobufType.OptionalFlag),
        },
        ["ServiceAccount"] = new Dictionary<int, ProtobufField>
        {
            [1] = s_metadataField,
            [2] = new("secrets", ProtobufType.Message, IsList: true, s_reference),
            [3] = new(
                "imagePullSecrets",
                ProtobufType.Message,
                IsList: true,
                new Dictionary<int, ProtobufField> { [1] = new("name") }
            ),
            [4] = new("automountServiceAccountToken", ProtobufType.OptionalFlag),
        },
        ["Service"] = new Dictionary<int, ProtobufField>
        {
            [1] = s_metadataField,
            [2] = new("spec", ProtobufType.Message, Message: s_serviceSpec),
        },
    };

    /// <summary>Null for a kind that nobody sends so.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Of(string kind) => s_kinds.GetValueOrDefault(kind);
}
