// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Core;
using Lateen.Config.Kinds.Extensions;
using Lateen.Config.Kinds.GatewayApi;
using Lateen.Config.Kinds.Local;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Kinds.Observability;
using Lateen.Config.Kinds.Security;
using Lateen.Config.Validation.Extensions;
using Lateen.Config.Validation.GatewayApi;
using Lateen.Config.Validation.Networking;
using Lateen.Config.Validation.Observability;
using Lateen.Config.Validation.Security;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation;

/// <summary>What a schema cannot say: the rules between the fields of one resource, kind by kind.</summary>
internal static class KindValidators
{
    private delegate void Validator(object content, FieldPath at, ValidationScope scope);

    private static readonly Dictionary<Type, Validator> s_validators = new()
    {
        [typeof(VirtualService)] = For<VirtualService>(VirtualServiceValidator.Check),
        [typeof(DestinationRule)] = For<DestinationRule>(DestinationRuleValidator.Check),
        [typeof(Gateway)] = For<Gateway>(GatewayValidator.Check),
        [typeof(ServiceEntry)] = For<ServiceEntry>(ServiceEntryValidator.Check),
        [typeof(WorkloadEntry)] = For<WorkloadEntry>(WorkloadEntryValidator.Check),
        [typeof(WorkloadGroup)] = For<WorkloadGroup>(WorkloadGroupValidator.Check),
        [typeof(Sidecar)] = For<Sidecar>(SidecarValidator.Check),
        [typeof(EnvoyFilter)] = For<EnvoyFilter>(EnvoyFilterValidator.Check),
        [typeof(WorkloadProxyConfig)] = For<WorkloadProxyConfig>(CheckProxyConfig),
        [typeof(PeerAuthentication)] = For<PeerAuthentication>(PeerAuthenticationValidator.Check),
        [typeof(RequestAuthentication)] = For<RequestAuthentication>(RequestAuthenticationValidator.Check),
        [typeof(AuthorizationPolicy)] = For<AuthorizationPolicy>(AuthorizationPolicyValidator.Check),
        [typeof(TelemetryPolicy)] = For<TelemetryPolicy>(TelemetryValidator.Check),
        [typeof(WasmPlugin)] = For<WasmPlugin>(WasmValidator.Check),
        [typeof(TrafficExtension)] = For<TrafficExtension>(WasmValidator.Check),
        [typeof(KubernetesGateway)] = For<KubernetesGateway>(KubernetesGatewayValidator.Check),
        [typeof(ListenerSet)] = For<ListenerSet>(KubernetesGatewayValidator.Check),
        [typeof(HttpRoute)] = For<HttpRoute>(HttpRouteValidator.Check),
        [typeof(GrpcRoute)] = For<GrpcRoute>(OtherRoutesValidator.Check),
        [typeof(TlsRoute)] = For<TlsRoute>(OtherRoutesValidator.Check),
        [typeof(TcpRoute)] = For<TcpRoute>(OtherRoutesValidator.Check),
        [typeof(BackendTlsPolicy)] = For<BackendTlsPolicy>(OtherRoutesValidator.Check),
        [typeof(ConfigMap)] = For<ConfigMap>(ConfigMapValidator.Check),
        [typeof(Workload)] = For<Workload>(WorkloadValidator.Check),
    };

    public static void Check(object content, FieldPath at, ResourceMetadata metadata, ValidationScope scope)
    {
        if (
            metadata.Annotations.TryGetValue(DryRun.Annotation, out var value)
            && scope.Key.Group.EndsWith(".istio.io", StringComparison.Ordinal)
        )
            DryRun.Check(content, value, scope);
        if (s_validators.TryGetValue(content.GetType(), out var validator))
            validator(content, at, scope);
    }

    private static void CheckProxyConfig(WorkloadProxyConfig config, FieldPath at, ValidationScope scope)
    {
        if (config.Selector is { } selector)
            LabelRules.CheckSelector(selector.MatchLabels, at["selector"]["matchLabels"], scope);
    }

    private static Validator For<T>(Action<T, FieldPath, ValidationScope> check) =>
        (content, at, scope) => check((T)content, at, scope);
}
