// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.Config.Oracle;

/// <summary>Where our schemas differ from the packages' on purpose: record and field, or enum and word, with the reason.</summary>
internal static class KnownDifferences
{
    private const string Embedded = "the package leaves out the fields of structs that Go embeds";
    private const string Experimental =
        "the package leaves out the fields of structs that Go embeds; of the experimental channel";
    private const string Younger = "younger than the Istio of the package, 1.29";
    private const string YoungerGatewayApi = "younger than the Gateway API of the package, 1.4";
    private const string Webhook = "Istio's webhook refuses it";
    private const string OtherVersion = "of another version of the kind; all are read alike";

    public static IReadOnlyDictionary<string, string> Reasons { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HttpSettings.http2KeepAlive"] = Younger,
            ["LoadBalancer.backendUtilization"] = Younger,
            ["LoadBalancer.zoneAwareLbSetting"] = Younger,
            ["OutlierDetection.outlierDetectionHttpErrorCodes"] = Younger,
            ["RetryBudget.budgetInterval"] = Younger,
            ["EnvoyPatchOperation.MERGE_AND_REPLACE_LIST"] = Younger,
            ["ServerTls.ecdhCurves"] = Younger,
            ["ServerTls.insecureSkipVerify"] = Younger,
            ["HttpRedirect.prefixRewrite"] = Younger,
            ["Source.trustDomains"] = Younger,
            ["Source.notTrustDomains"] = Younger,
            ["JwtRule.presence"] = Younger,
            ["Tracing.disableContextPropagation"] = Younger,
            ["Gateway.servers"] = Webhook,
            ["PortTrafficPolicy.port"] = Webhook,
            ["PortSelector.number"] = Webhook,
            ["RegexRewrite.match"] = Webhook,
            ["TcpRule.route"] = Webhook,
            ["TlsRule.route"] = Webhook,
            ["TlsRoute.hostnames"] = "optional in v1alpha2 and v1alpha3",
            ["Endpoint.topology"] = OtherVersion,
            ["Endpoint.deprecatedTopology"] = OtherVersion,
            ["Endpoint.zone"] = OtherVersion,
            ["EndpointHints.forNodes"] = OtherVersion,
            ["EndpointSlice.endpoints"] = "a slice without endpoints may leave them out, as API servers let it",
            ["EndpointPort.port"] = "required in Endpoints, and not in EndpointSlice",
            ["ListMetadata.shardInfo"] = "of lists in parts, which nobody here serves",
            ["PolicyTargetReference.group"] = Embedded,
            ["PolicyTargetReference.kind"] = Embedded,
            ["PolicyTargetReference.name"] = Embedded,
            ["GrpcBackend.group"] = Embedded,
            ["GrpcBackend.kind"] = Embedded,
            ["GrpcBackend.name"] = Embedded,
            ["GrpcBackend.namespace"] = Embedded,
            ["GrpcBackend.port"] = Embedded,
            ["GrpcBackend.weight"] = Embedded,
            ["HttpBackend.group"] = Embedded,
            ["HttpBackend.kind"] = Embedded,
            ["HttpBackend.name"] = Embedded,
            ["HttpBackend.namespace"] = Embedded,
            ["HttpBackend.port"] = Embedded,
            ["HttpBackend.weight"] = Embedded,
            ["WeightedBackend.group"] = Embedded,
            ["WeightedBackend.kind"] = Embedded,
            ["WeightedBackend.name"] = Embedded,
            ["WeightedBackend.namespace"] = Embedded,
            ["WeightedBackend.port"] = Embedded,
            ["GrpcRoute.parentRefs"] = Embedded,
            ["HttpRoute.parentRefs"] = Embedded,
            ["TcpRoute.parentRefs"] = Embedded,
            ["TlsRoute.parentRefs"] = Embedded,
            ["UdpRoute.parentRefs"] = Embedded,
            ["HttpRouteFilter.directResponse"] = YoungerGatewayApi,
            ["GrpcRoute.useDefaultGateways"] = Experimental,
            ["HttpRoute.useDefaultGateways"] = Experimental,
            ["TcpRoute.useDefaultGateways"] = Experimental,
            ["TlsRoute.useDefaultGateways"] = Experimental,
            ["UdpRoute.useDefaultGateways"] = Experimental,
        };
}
