// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Clusters.Balancing;
using static DataPlane.Tests.Clusters.ClusterFixture;

namespace DataPlane.Tests.Clusters;

/// <summary>a and b are prod v1, c is prod v2, d is test v2, e has no metadata; selectors are (stage, version) and (stage).</summary>
public sealed class SubsetTests
{
    public static TheoryData<string, SubsetFallback, string> Requests =>
        new()
        {
            { "stage=prod", SubsetFallback.NoFallback, "abc" },
            { "stage=prod,version=v1", SubsetFallback.NoFallback, "ab" },
            { "version=v2,stage=prod", SubsetFallback.NoFallback, "c" }, // order does not matter
            { "stage=test", SubsetFallback.NoFallback, "d" },
            { "stage=none", SubsetFallback.NoFallback, "-" },
            { "stage=none", SubsetFallback.AnyEndpoint, "abcde" },
            { "stage=none", SubsetFallback.DefaultSubset, "cd" },
            { "version=v1", SubsetFallback.NoFallback, "-" }, // no selector has this key alone
            { "version=v1", SubsetFallback.DefaultSubset, "cd" },
            { "", SubsetFallback.NoFallback, "-" },
            { "", SubsetFallback.AnyEndpoint, "abcde" },
        };

    [Theory, MemberData(nameof(Requests))]
    public void Metadata_chooses_the_subset(string criteria, SubsetFallback fallback, string served)
    {
        var spec = Spec(BalancerKind.RoundRobin) with
        {
            Subsets = new SubsetSpec(
                fallback,
                Key("version=v2"),
                [new SubsetSelectorSpec(["stage", "version"], null), new SubsetSelectorSpec(["stage"], null)]
            ),
        };
        var balancer = Balancer(
            spec,
            At(0, "prod", "v1"),
            At(1, "prod", "v1"),
            At(2, "prod", "v2"),
            At(3, "test", "v2"),
            new EndpointSpec(Address(4))
        );
        var context = new PickContext(0, 0) { Subset = criteria.Length == 0 ? null : Key(criteria) };
        var seen = Enumerable.Range(0, 20).Select(_ => Letter(balancer.Pick(in context)));
        Assert.Equal(served, string.Concat(seen.Distinct().Order()));
    }

    [Fact]
    public void A_selector_may_fall_back_its_own_way()
    {
        var spec = Spec(BalancerKind.RoundRobin) with
        {
            Subsets = new SubsetSpec(
                SubsetFallback.NoFallback,
                Key(""),
                [
                    new SubsetSelectorSpec(["stage"], SubsetFallback.AnyEndpoint),
                    new SubsetSelectorSpec(["version"], null),
                ]
            ),
        };
        var balancer = Balancer(spec, At(0, "prod", "v1"));
        Assert.Equal('a', Letter(balancer.Pick(new PickContext(0, 0) { Subset = Key("stage=x") })));
        Assert.Equal('-', Letter(balancer.Pick(new PickContext(0, 0) { Subset = Key("version=x") })));
    }

    private static EndpointSpec At(int number, string stage, string version) =>
        new(Address(number))
        {
            Metadata = new Dictionary<string, string> { ["stage"] = stage, ["version"] = version },
        };

    private static SubsetKey Key(string criteria) =>
        new(
            criteria
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(static pair => pair.Split('='))
                .Select(static pair => KeyValuePair.Create(pair[0], pair[1]))
        );
}
