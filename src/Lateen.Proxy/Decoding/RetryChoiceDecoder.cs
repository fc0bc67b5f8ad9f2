// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using Lateen.Proxy.Routing;
using Api = Envoy.Config.Route.V3;
using HostMetadata = Envoy.Extensions.Retry.Host.OmitHostMetadata.V3;
using Priorities = Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;

namespace Lateen.Proxy.Decoding;

/// <summary>Where a retry goes: <c>retry_host_predicate</c> and <c>retry_priority</c>, known by type or by Envoy's name.</summary>
internal static class RetryChoiceDecoder
{
    private const string Hosts = "envoy.retry_host_predicates.";
    private const string HostTypes = "envoy.extensions.retry.host.";

    public static RetryPolicySpec Predicates(
        Api.RetryPolicy policy,
        RetryPolicySpec spec,
        string path,
        DecodeContext context
    )
    {
        var metadata = new List<IReadOnlyDictionary<string, string>>();
        for (var i = 0; i < policy.RetryHostPredicate.Count; i++)
        {
            var predicate = policy.RetryHostPredicate[i];
            var at = $"{path}.retry_host_predicate[{i}]";
            switch (KindOf(predicate.Name, predicate.TypedConfig))
            {
                case HostTypes + "previous_hosts.v3.PreviousHostsPredicate" or Hosts + "previous_hosts":
                    spec = spec with { AvoidPreviousHosts = true };
                    break;
                case HostTypes + "omit_canary_hosts.v3.OmitCanaryHostsPredicate" or Hosts + "omit_canary_hosts":
                    spec = spec with { AvoidCanaries = true };
                    break;
                case HostTypes + "omit_host_metadata.v3.OmitHostMetadataConfig" or Hosts + "omit_host_metadata":
                    AddMetadata(predicate.TypedConfig, metadata, at, context);
                    break;
                default:
                    context.Add(
                        at,
                        $"is {predicate.Name}; this proxy knows previous_hosts, omit_canary_hosts and omit_host_metadata"
                    );
                    break;
            }
        }
        return spec with { AvoidMetadata = metadata };
    }

    /// <summary>How often priorities are left out; 0 where they never are.</summary>
    public static int PreviousPriorities(Api.RetryPolicy policy, string path, DecodeContext context)
    {
        if (policy.RetryPriority is not { } priority)
            return 0;
        var at = $"{path}.retry_priority";
        var kind = KindOf(priority.Name, priority.TypedConfig);
        if (kind != Priorities.PreviousPrioritiesConfig.Descriptor.FullName)
        {
            context.Add(
                at,
                $"is {priority.Name}; this proxy knows previous_priorities, with its PreviousPrioritiesConfig"
            );
            return 0;
        }
        var config = context.Unpack<Priorities.PreviousPrioritiesConfig>(priority.TypedConfig, $"{at}.typed_config");
        if (config is { UpdateFrequency: <= 0 })
            context.Add($"{at}.typed_config.update_frequency", $"is {config.UpdateFrequency}; give 1 or more");
        return config?.UpdateFrequency ?? 0;
    }

    private static void AddMetadata(
        Any? config,
        List<IReadOnlyDictionary<string, string>> metadata,
        string path,
        DecodeContext context
    )
    {
        var match = config is null
            ? null
            : context.Unpack<HostMetadata.OmitHostMetadataConfig>(config, $"{path}.typed_config");
        var texts = MetadataDecoder.Texts(match?.MetadataMatch);
        if (texts.Count == 0)
            context.Add(
                $"{path}.typed_config.metadata_match",
                "has nothing under filter_metadata[\"envoy.lb\"], which is what endpoints are omitted by"
            );
        metadata.Add(texts);
    }

    private static string KindOf(string name, Any? config) =>
        config is null || config.TypeUrl.Length == 0 ? name : TypedConfigs.TypeOf(config);
}
