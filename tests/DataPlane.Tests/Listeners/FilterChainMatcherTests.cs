// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net;
using Lateen.Proxy.Listeners;

namespace DataPlane.Tests.Listeners;

/// <summary>Which chain serves, criterion by criterion in Envoy's order, without going back.</summary>
public sealed class FilterChainMatcherTests
{
    private static readonly Dictionary<string, FilterChainMatchSpec> s_specs = new(StringComparer.Ordinal)
    {
        ["any"] = new(),
        ["port 443"] = new() { DestinationPort = 443 },
        ["port 443 and name a.x"] = new() { DestinationPort = 443, ServerNames = ["a.x"] },
        ["to 10/8"] = new() { DestinationPrefixes = [IPNetwork.Parse("10.0.0.0/8")] },
        ["to 10.1/16"] = new() { DestinationPrefixes = [IPNetwork.Parse("10.1.0.0/16")] },
        ["to 10.1/16 tls"] = new()
        {
            DestinationPrefixes = [IPNetwork.Parse("10.1.0.0/16")],
            TransportProtocol = "tls",
        },
        ["name a.x"] = new() { ServerNames = ["a.x"] },
        ["name *.x"] = new() { ServerNames = ["*.x"] },
        ["name *.a.x"] = new() { ServerNames = ["*.a.x"] },
        ["tls"] = new() { TransportProtocol = "tls" },
        ["raw"] = new() { TransportProtocol = "raw_buffer" },
        ["tls h2"] = new() { TransportProtocol = "tls", ApplicationProtocols = ["h2"] },
        ["tls istio"] = new() { TransportProtocol = "tls", ApplicationProtocols = ["istio", "istio-h2"] },
        ["http/1.1"] = new() { ApplicationProtocols = ["http/1.1"] },
        ["direct 127/8"] = new() { DirectSourcePrefixes = [IPNetwork.Parse("127.0.0.0/8")] },
        ["local"] = new() { SourceType = ConnectionSource.SameIPOrLoopback },
        ["external"] = new() { SourceType = ConnectionSource.External },
        ["from 192.0.2/24"] = new() { SourcePrefixes = [IPNetwork.Parse("192.0.2.0/24")] },
        ["from port 7"] = new() { SourcePorts = [7] },
    };

    [Theory]
    // connection: destination ← source (direct) | name | transport | protocols
    [InlineData("10.1.0.1:443", "192.0.2.1:9", "", "raw_buffer", "", "any,port 443", "port 443")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "any,port 443", "any")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "port 443", "")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "any,to 10/8,to 10.1/16", "to 10.1/16")]
    [InlineData("10.2.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "any,to 10/8,to 10.1/16", "to 10/8")]
    // The longer prefix was chosen before transports are looked at: no going back to 10/8.
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "any,to 10/8,to 10.1/16 tls", "")]
    // So was the port: its chain wants a name, which is not the client's.
    [InlineData("10.1.0.1:443", "192.0.2.1:9", "b.x", "tls", "", "name *.x,port 443 and name a.x", "")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "a.x", "tls", "", "name *.x,name a.x,tls", "name a.x")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "b.a.x", "tls", "", "name *.x,name *.a.x,name a.x", "name *.a.x")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "c.b.a.x", "tls", "", "name *.x,name *.a.x", "name *.a.x")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "x", "tls", "", "name *.x", "")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "tls", "", "name *.x,tls", "tls")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "tls,raw", "raw")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "tls", "h2,istio", "tls istio,tls h2,tls", "tls h2")] // the client's order
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "tls", "istio,h2", "tls h2,tls istio,tls", "tls istio")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "tls", "other", "tls istio,tls h2,tls", "tls")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "http/1.1", "raw,http/1.1", "raw")] // transport comes before protocols
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "direct 127/8,from 192.0.2/24", "direct 127/8")]
    [InlineData("10.1.0.1:80", "127.0.0.1:9", "", "raw_buffer", "", "local,external", "local")]
    [InlineData("10.1.0.1:80", "10.1.0.1:9", "", "raw_buffer", "", "local,external", "local")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "local,external", "external")]
    [InlineData("10.1.0.1:80", "192.0.2.1:9", "", "raw_buffer", "", "any,from 192.0.2/24", "from 192.0.2/24")]
    [InlineData("10.1.0.1:80", "192.0.2.1:7", "", "raw_buffer", "", "any,from port 7", "from port 7")]
    public void The_chain_is_chosen_as_by_envoy(
        string destination,
        string source,
        string name,
        string transport,
        string protocols,
        string chains,
        string expected
    )
    {
        var names = chains.Split(',');
        var matcher = new FilterChainMatcher(names.Select(static chain => s_specs[chain]).ToArray());
        var connection = new ConnectionInfo(
            NetAddress.From(IPEndPoint.Parse(destination)),
            NetAddress.From(IPEndPoint.Parse(source)),
            NetAddress.From(IPEndPoint.Parse("127.0.0.1:1")),
            name,
            transport,
            protocols.Split(',', StringSplitOptions.RemoveEmptyEntries)
        );
        var index = matcher.Match(connection);
        Assert.Equal(expected, index < 0 ? "" : names[index]);
    }
}
