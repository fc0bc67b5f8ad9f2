// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>A kind of finding, by Istio's code, name and level; the words of each finding are ours.</summary>
public sealed record IstioMessage(string Code, string Name, Severity Level)
{
    public static IstioMessage ReferencedResourceNotFound { get; } =
        Error("IST0101", nameof(ReferencedResourceNotFound));
    public static IstioMessage NamespaceNotInjected { get; } = Info("IST0102", nameof(NamespaceNotInjected));
    public static IstioMessage PodMissingProxy { get; } = Warning("IST0103", nameof(PodMissingProxy));
    public static IstioMessage MisplacedAnnotation { get; } = Warning("IST0107", nameof(MisplacedAnnotation));
    public static IstioMessage UnknownAnnotation { get; } = Warning("IST0108", nameof(UnknownAnnotation));
    public static IstioMessage ConflictingMeshGatewayVirtualServiceHosts { get; } =
        Error("IST0109", nameof(ConflictingMeshGatewayVirtualServiceHosts));
    public static IstioMessage ConflictingSidecarWorkloadSelectors { get; } =
        Error("IST0110", nameof(ConflictingSidecarWorkloadSelectors));
    public static IstioMessage MultipleSidecarsWithoutWorkloadSelectors { get; } =
        Error("IST0111", nameof(MultipleSidecarsWithoutWorkloadSelectors));
    public static IstioMessage VirtualServiceDestinationPortSelectorRequired { get; } =
        Error("IST0112", nameof(VirtualServiceDestinationPortSelectorRequired));
    public static IstioMessage MTLSPolicyConflict { get; } = Error("IST0113", nameof(MTLSPolicyConflict));
    public static IstioMessage DeploymentAssociatedToMultipleServices { get; } =
        Warning("IST0116", nameof(DeploymentAssociatedToMultipleServices));
    public static IstioMessage PortNameIsNotUnderNamingConvention { get; } =
        Info("IST0118", nameof(PortNameIsNotUnderNamingConvention));
    public static IstioMessage JwtFailureDueToInvalidServicePortPrefix { get; } =
        Warning("IST0119", nameof(JwtFailureDueToInvalidServicePortPrefix));
    public static IstioMessage NamespaceMultipleInjectionLabels { get; } =
        Warning("IST0123", nameof(NamespaceMultipleInjectionLabels));
    public static IstioMessage InvalidAnnotation { get; } = Warning("IST0125", nameof(InvalidAnnotation));
    public static IstioMessage UnknownMeshNetworksServiceRegistry { get; } =
        Error("IST0126", nameof(UnknownMeshNetworksServiceRegistry));
    public static IstioMessage NoMatchingWorkloadsFound { get; } = Warning("IST0127", nameof(NoMatchingWorkloadsFound));
    public static IstioMessage NoServerCertificateVerificationDestinationLevel { get; } =
        Warning("IST0128", nameof(NoServerCertificateVerificationDestinationLevel));
    public static IstioMessage NoServerCertificateVerificationPortLevel { get; } =
        Warning("IST0129", nameof(NoServerCertificateVerificationPortLevel));
    public static IstioMessage VirtualServiceUnreachableRule { get; } =
        Warning("IST0130", nameof(VirtualServiceUnreachableRule));
    public static IstioMessage VirtualServiceIneffectiveMatch { get; } =
        Info("IST0131", nameof(VirtualServiceIneffectiveMatch));
    public static IstioMessage VirtualServiceHostNotFoundInGateway { get; } =
        Warning("IST0132", nameof(VirtualServiceHostNotFoundInGateway));
    public static IstioMessage ServiceEntryAddressesRequired { get; } =
        Warning("IST0134", nameof(ServiceEntryAddressesRequired));
    public static IstioMessage DeprecatedAnnotation { get; } = Info("IST0135", nameof(DeprecatedAnnotation));
    public static IstioMessage AlphaAnnotation { get; } = Info("IST0136", nameof(AlphaAnnotation));
    public static IstioMessage DeploymentConflictingPorts { get; } =
        Warning("IST0137", nameof(DeploymentConflictingPorts));
    public static IstioMessage GatewayDuplicateCertificate { get; } =
        Warning("IST0138", nameof(GatewayDuplicateCertificate));
    public static IstioMessage InvalidWebhook { get; } = Error("IST0139", nameof(InvalidWebhook));
    public static IstioMessage IngressRouteRulesNotAffected { get; } =
        Warning("IST0140", nameof(IngressRouteRulesNotAffected));
    public static IstioMessage InvalidApplicationUID { get; } = Warning("IST0144", nameof(InvalidApplicationUID));
    public static IstioMessage ConflictingGateways { get; } = Error("IST0145", nameof(ConflictingGateways));
    public static IstioMessage ImageAutoWithoutInjectionWarning { get; } =
        Warning("IST0146", nameof(ImageAutoWithoutInjectionWarning));
    public static IstioMessage ImageAutoWithoutInjectionError { get; } =
        Error("IST0147", nameof(ImageAutoWithoutInjectionError));
    public static IstioMessage NamespaceInjectionEnabledByDefault { get; } =
        Info("IST0148", nameof(NamespaceInjectionEnabledByDefault));
    public static IstioMessage JwtClaimBasedRoutingWithoutRequestAuthN { get; } =
        Error("IST0149", nameof(JwtClaimBasedRoutingWithoutRequestAuthN));
    public static IstioMessage ExternalNameServiceTypeInvalidPortName { get; } =
        Warning("IST0150", nameof(ExternalNameServiceTypeInvalidPortName));
    public static IstioMessage EnvoyFilterUsesRelativeOperation { get; } =
        Warning("IST0151", nameof(EnvoyFilterUsesRelativeOperation));
    public static IstioMessage EnvoyFilterUsesReplaceOperationIncorrectly { get; } =
        Error("IST0152", nameof(EnvoyFilterUsesReplaceOperationIncorrectly));
    public static IstioMessage EnvoyFilterUsesAddOperationIncorrectly { get; } =
        Error("IST0153", nameof(EnvoyFilterUsesAddOperationIncorrectly));
    public static IstioMessage EnvoyFilterUsesRemoveOperationIncorrectly { get; } =
        Error("IST0154", nameof(EnvoyFilterUsesRemoveOperationIncorrectly));
    public static IstioMessage EnvoyFilterUsesRelativeOperationWithProxyVersion { get; } =
        Warning("IST0155", nameof(EnvoyFilterUsesRelativeOperationWithProxyVersion));
    public static IstioMessage InvalidTelemetryProvider { get; } = Warning("IST0157", nameof(InvalidTelemetryProvider));
    public static IstioMessage PodsIstioProxyImageMismatchInNamespace { get; } =
        Warning("IST0158", nameof(PodsIstioProxyImageMismatchInNamespace));
    public static IstioMessage ConflictingTelemetryWorkloadSelectors { get; } =
        Error("IST0159", nameof(ConflictingTelemetryWorkloadSelectors));
    public static IstioMessage MultipleTelemetriesWithoutWorkloadSelectors { get; } =
        Error("IST0160", nameof(MultipleTelemetriesWithoutWorkloadSelectors));
    public static IstioMessage InvalidGatewayCredential { get; } = Error("IST0161", nameof(InvalidGatewayCredential));
    public static IstioMessage GatewayPortNotDefinedOnService { get; } =
        Warning("IST0162", nameof(GatewayPortNotDefinedOnService));
    public static IstioMessage InvalidExternalControlPlaneConfig { get; } =
        Warning("IST0163", nameof(InvalidExternalControlPlaneConfig));
    public static IstioMessage ExternalControlPlaneAddressIsNotAHostname { get; } =
        Info("IST0164", nameof(ExternalControlPlaneAddressIsNotAHostname));
    public static IstioMessage ReferencedInternalGateway { get; } =
        Warning("IST0165", nameof(ReferencedInternalGateway));
    public static IstioMessage IneffectiveSelector { get; } = Warning("IST0166", nameof(IneffectiveSelector));
    public static IstioMessage IneffectivePolicy { get; } = Warning("IST0167", nameof(IneffectivePolicy));
    public static IstioMessage NegativeConditionStatus { get; } = Warning("IST0171", nameof(NegativeConditionStatus));
    public static IstioMessage DestinationRuleSubsetNotSelectPods { get; } =
        Error("IST0173", nameof(DestinationRuleSubsetNotSelectPods));
    public static IstioMessage UnknownDestinationRuleHost { get; } =
        Warning("IST0174", nameof(UnknownDestinationRuleHost));
    public static IstioMessage JwksUriFetchUnrestricted { get; } = Warning("IST0175", nameof(JwksUriFetchUnrestricted));
    public static IstioMessage ConflictingServiceEntryProtocol { get; } =
        Warning("IST0177", nameof(ConflictingServiceEntryProtocol));

    private static IstioMessage Error(string code, string name) => new(code, name, Severity.Error);

    private static IstioMessage Warning(string code, string name) => new(code, name, Severity.Warning);

    private static IstioMessage Info(string code, string name) => new(code, name, Severity.Info);
}
