// SPDX-License-Identifier: Apache-2.0
using System.Net;
using DataPlane.Tests.Overload;
using DataPlane.Tests.Server;

namespace DataPlane.Tests.Floods;

/// <summary>A proxy process that has no more descriptors, because nothing limits its connections.</summary>
public sealed class DescriptorTests
{
    private const int OpenFiles = 400;

    [Fact]
    public async Task Connections_beyond_the_descriptors_wait_and_are_served_when_there_are_some()
    {
        var at = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        await using var proxy = await ProxyProgram.StartAsync(
            [("a", ProxyFixture.Cluster("a", at.Port))],
            [Overload.Listeners.Http("l").At(at.Port)],
            "--global-downstream-max-connections 100000",
            OpenFiles
        );
        using var first = new Client(at);
        Assert.EndsWith("ahoy", first.Ask(), StringComparison.Ordinal);
        Assert.Equal(0, (await proxy.StatsAsync())["lateen.accepting_paused"]);

        var others = Enumerable.Range(0, OpenFiles).Select(_ => new Client(at)).ToArray();
        await proxy.UntilAsync(s => s["lateen.accepting_paused"] > 0, _ => "it still accepts");
        // What the process needs for itself is left to it.
        Assert.InRange(proxy.OpenFiles(), OpenFiles / 2, OpenFiles - 10);
        // Whom it has is served on; whom it has not waits in the kernel.
        Assert.EndsWith("ahoy", first.Ask(), StringComparison.Ordinal);
        var last = others[^1];
        last.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        foreach (var client in others[..(OpenFiles / 2)])
            client.Dispose();
        Assert.EndsWith("ahoy", last.ReadAnswer(), StringComparison.Ordinal);
        foreach (var client in others)
            client.Dispose();

        using var next = new Client(at);
        Assert.EndsWith("ahoy", next.Ask(), StringComparison.Ordinal);
    }
}
