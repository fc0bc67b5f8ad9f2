// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Core;

namespace ControlPlane.Tests.Config.Validation;

/// <summary>The annotation <c>istio.io/dry-run</c>, by Istio's rules: a value that is not understood must not let everything through.</summary>
public class DryRunTests
{
    private const string Authorization = "security.istio.io/v1 AuthorizationPolicy {action: ALLOW}";

    [Theory]
    [InlineData(Authorization, "true", "")]
    [InlineData(Authorization, "False", "")]
    [InlineData(Authorization, "1", "")]
    [InlineData("security.istio.io/v1 AuthorizationPolicy {action: DENY, rules: [{}]}", "t", "")]
    [InlineData("security.istio.io/v1 AuthorizationPolicy {}", "FALSE", "")]
    [InlineData(Authorization, "yes", "LT0203")]
    [InlineData(Authorization, "tRUE", "LT0203")]
    [InlineData(Authorization, "", "LT0203")]
    [InlineData("security.istio.io/v1 AuthorizationPolicy {action: AUDIT, rules: [{}]}", "true", "LT0204")]
    [InlineData(
        "security.istio.io/v1 AuthorizationPolicy {action: CUSTOM, provider: {name: p}, rules: [{}]}",
        "false",
        "LT0204"
    )]
    [InlineData("security.istio.io/v1 PeerAuthentication {}", "true", "LT0204")]
    [InlineData("networking.istio.io/v1 DestinationRule {host: a}", "true", "LT0204")]
    // Others' kinds are theirs.
    [InlineData("v1 Service {ports: [{name: http, port: 80}]}", "true", "")]
    public void It_is_for_policies_that_allow_or_deny_and_says_true_or_false(string resource, string value, string code)
    {
        var parts = resource.Split(' ', 3);
        var decoded = ResourceDecoder.Decode(
            "test.yaml",
            $$"""
            apiVersion: {{parts[0]}}
            kind: {{parts[1]}}
            metadata: {name: x, annotations: {istio.io/dry-run: "{{value}}" } }
            spec: {{parts[2]}}
            """
        );
        var errors = decoded.Problems.Where(static problem => problem.Severity == Severity.Error).ToArray();
        if (code.Length == 0)
        {
            Assert.Empty(errors);
            return;
        }
        var problem = Assert.Single(errors);
        Assert.Equal((code, "metadata.annotations.istio.io/dry-run"), (problem.Code, problem.Field));
        Assert.Equal(3, problem.Where.Line);
    }
}
