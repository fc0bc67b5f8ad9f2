// SPDX-License-Identifier: Apache-2.0
using Lateen.Mesh;

namespace ControlPlane.Tests.Mesh;

public class HostTests
{
    public static TheoryData<string, string, bool> Patterns =>
        new()
        {
            { "a.example", "a.example", true },
            { "a.example", "A.Example", true },
            { "a.example", "b.example", false },
            { "*.example", "a.example", true },
            { "*.example", "a.b.example", true },
            { "*.example", "example", false },
            { "*.example", ".example", false }, // the star stands for one character or more
            { "*.example", "*.a.example", true },
            { "*.a.example", "*.example", false },
            { "*", "a", true },
            { "*", "*.example", true },
            { "a.example", "*.example", false },
        };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_pattern_covers_a_host_or_not(string pattern, string host, bool expected) =>
        Assert.Equal(expected, HostPattern.Covers(pattern, host));

    [Theory]
    [InlineData("*.example", "a.example", "a.example")]
    [InlineData("a.example", "*.example", "a.example")]
    [InlineData("*", "*.example", "*.example")]
    [InlineData("a.example", "b.example", null)]
    public void The_narrower_of_two_hosts_is_what_both_admit(string first, string second, string? expected) =>
        Assert.Equal(expected, HostPattern.Narrower(first, second));

    public static TheoryData<string, string, string[]> Names =>
        new()
        {
            {
                "reviews.default.svc.cluster.local",
                "default",
                ["reviews.default.svc.cluster.local", "reviews", "reviews.default", "reviews.default.svc"]
            },
            {
                "reviews.default.svc.cluster.local",
                "other",
                ["reviews.default.svc.cluster.local", "reviews.default", "reviews.default.svc"]
            },
            { "api.example.com", "default", ["api.example.com"] },
            { "*.example.com", "default", ["*.example.com"] },
            { "a.b.c.svc.cluster.local", "default", ["a.b.c.svc.cluster.local"] }, // no service's name
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_client_may_use_short_names(string host, string clientNamespace, string[] expected) =>
        Assert.Equal(expected, HostNaming.NamesOf(host, clientNamespace));
}
