// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http;
using Lateen.Http.Targets;

namespace DataPlane.Tests.Targets;

/// <summary>Envoy's <c>strip_matching_host_port</c>, <c>strip_any_host_port</c> and <c>strip_trailing_host_dot</c>.</summary>
public sealed class HostNormalizerTests
{
    private const int LocalPort = 8080;

    /// <summary>Host, and what is left of it: with matching ports, any port, and the trailing dot cut off.</summary>
    public static TheoryData<string, string, string, string> Hosts =>
        new()
        {
            { "a.example", "a.example", "a.example", "a.example" },
            { "a.example:8080", "a.example", "a.example", "a.example:8080" },
            { "a.example:443", "a.example:443", "a.example", "a.example:443" },
            { "a.example:", "a.example:", "a.example:", "a.example:" },
            { "a.example:x", "a.example:x", "a.example:x", "a.example:x" },
            { "a.example.", "a.example.", "a.example.", "a.example" },
            { "a.example.:8080", "a.example.", "a.example.", "a.example:8080" },
            { "a.example.:443", "a.example.:443", "a.example.", "a.example:443" },
            { "a.example..", "a.example..", "a.example..", "a.example." },
            { ".", ".", ".", "." },
            { "[::1]", "[::1]", "[::1]", "[::1]" },
            { "[::1]:8080", "[::1]", "[::1]", "[::1]:8080" },
            { "[::1]:443", "[::1]:443", "[::1]", "[::1]:443" },
            { "10.0.0.1:8080", "10.0.0.1", "10.0.0.1", "10.0.0.1:8080" },
            { "a:99999999999", "a:99999999999", "a:99999999999", "a:99999999999" },
        };

    [Theory, MemberData(nameof(Hosts))]
    public void A_host_keeps_what_the_options_leave_it(string host, string matching, string any, string dotless)
    {
        Assert.Equal(host, Apply(host, default));
        Assert.Equal(matching, Apply(host, new HostOptions(StrippedPort.Matching)));
        Assert.Equal(any, Apply(host, new HostOptions(StrippedPort.Any)));
        Assert.Equal(dotless, Apply(host, new HostOptions(TrailingDot: true)));
    }

    [Fact]
    public void Port_and_dot_go_together()
    {
        Assert.Equal("a", Apply("a.:8080", new HostOptions(StrippedPort.Any, true)));
        Assert.Equal("a:443", Apply("a.:443", new HostOptions(StrippedPort.Matching, true)));
    }

    [Theory]
    [InlineData("a:443", StrippedPort.Any, 443)]
    [InlineData("a:8080", StrippedPort.Matching, 8080)]
    [InlineData("a:443", StrippedPort.Matching, 0)]
    [InlineData("a:443", StrippedPort.None, 0)]
    [InlineData("a", StrippedPort.Any, 0)]
    public void The_port_that_was_cut_off_is_known(string host, StrippedPort stripped, int expected)
    {
        var request = new RequestHead();
        request.SetAuthority(Encoding.ASCII.GetBytes(host));
        Assert.Equal(expected, HostNormalizer.Apply(request, new HostOptions(stripped), LocalPort));
    }

    private static string Apply(string host, HostOptions options)
    {
        var request = new RequestHead();
        request.SetAuthority(Encoding.ASCII.GetBytes(host));
        HostNormalizer.Apply(request, options, LocalPort);
        return Encoding.ASCII.GetString(request.Authority);
    }
}
