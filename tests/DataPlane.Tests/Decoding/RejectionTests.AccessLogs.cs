// SPDX-License-Identifier: Apache-2.0
using Lateen.Xds;
using ListenerApi = Envoy.Config.Listener.V3;

namespace DataPlane.Tests.Decoding;

public sealed partial class RejectionTests
{
    /// <summary>Filters of access logs.</summary>
    public static TheoryData<string, string> LogFilters =>
        new()
        {
            { """ {} """, "filter: is empty; give one of the filters, or leave it out to log everything" },
            { """ {"headerFilter":{}} """, "filter.header_filter.header: is missing" },
            {
                """ {"headerFilter":{"header":{"presentMatch":true}}} """,
                "filter.header_filter.header.name: is missing"
            },
            { """ {"runtimeFilter":{}} """, "filter.runtime_filter.runtime_key: is missing" },
            {
                """ {"runtimeFilter":{"runtimeKey":"k","percentSampled":{"denominator":7}}} """,
                "filter.runtime_filter.percent_sampled.denominator: is 7; give HUNDRED, TEN_THOUSAND or MILLION"
            },
            {
                """ {"logTypeFilter":{"types":[14]}} """,
                "filter.log_type_filter.types[0]: is 14; types of access logs are 0 to 13"
            },
            { """ {"statusCodeFilter":{}} """, "filter.status_code_filter.comparison: is missing" },
            {
                """ {"durationFilter":{"comparison":{"op":4}}} """,
                "filter.duration_filter.comparison.op: is 4; give EQ, GE or LE"
            },
            {
                """ {"andFilter":{"filters":[{"traceableFilter":{}}]}} """,
                "filter.and_filter.filters: has 1; give at least two"
            },
            {
                """ {"orFilter":{"filters":[{"traceableFilter":{}},{}]}} """,
                "filter.or_filter.filters[1]: is empty; give one of the filters, or leave it out to log everything"
            },
            {
                """ {"extensionFilter":{"name":"cel"}} """,
                "filter: is a ExtensionFilter, which this proxy does not have"
            },
            {
                """ {"metadataFilter":{"matcher":{"path":[{"key":"k"}],"value":{"presentMatch":true}}}} """,
                "filter.metadata_filter.matcher.filter: is missing; give the name of the filter that notes the value"
            },
            {
                """ {"metadataFilter":{"matcher":{"filter":"f","value":{"presentMatch":true}}}} """,
                "filter.metadata_filter.matcher.path: is empty; give the key under which the value stands"
            },
            {
                """ {"metadataFilter":{"matcher":{"filter":"f","path":[{}],"value":{"presentMatch":true}}}} """,
                "filter.metadata_filter.matcher.path[0].key: is missing"
            },
            {
                """ {"metadataFilter":{"matcher":{"filter":"f","path":[{"key":"k"}]}}} """,
                "filter.metadata_filter.matcher.value: is missing; give what the value must be, as present_match"
            },
            {
                """ {"metadataFilter":{"matcher":{"filter":"f","path":[{"key":"k"}],"invert":true,"value":{"presentMatch":true}}}} """,
                "filter.metadata_filter.matcher.invert: is not looked at by access logs; leave it out"
            },
            {
                """ {"metadataFilter":{"matcher":{"filter":"f","path":[{"key":"k"}],"value":{"orMatch":{"valueMatchers":[{"presentMatch":true}]}}}}} """,
                "filter.metadata_filter.matcher.value.or_match.value_matchers: has 1; give at least two"
            },
        };

    [Theory, MemberData(nameof(LogFilters))]
    public void Access_log_filter(string filter, string problem) =>
        Expect<ListenerApi.Listener>(
            TypeUrls.Listener,
            name => Listener(name, Tcp(""" "cluster":"a" """)),
            Listener(
                "bad",
                Tcp(
                    "\"cluster\":\"a\",\"accessLog\":[{\"name\":\"f\",\"filter\":"
                        + filter
                        + ",\"typedConfig\":{\"@type\":\"type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog\","
                        + "\"path\":\"/dev/null\"}}]"
                )
            ),
            $"filter_chains[0].filters[0].access_log[0].{problem}"
        );
}
