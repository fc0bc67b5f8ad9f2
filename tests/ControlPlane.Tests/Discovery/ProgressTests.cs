// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Lateen.Discovery;
using Lateen.Xds;

namespace ControlPlane.Tests.Discovery;

/// <summary>Which revisions of the configuration a proxy has.</summary>
public class ProgressTests
{
    [Fact]
    public async Task A_revision_is_had_once_what_came_of_it_is_acknowledged()
    {
        await using var server = await AdsServer.StartAsync();
        using var proxy = new DeltaStream(server);
        server.Source.Set(clusters: "a=1");
        var first = await proxy.AskAsync(TypeUrls.Cluster);
        await HasAsync(server, "no");
        await proxy.AckAsync(first);
        await HasAsync(server, "1");
        // Revision 2 concerns it, 3 does not.
        Push(server, 2, "a=2");
        var second = await proxy.NextAsync();
        Push(server, 3, "a=2");
        await HasAsync(server, "1 3");
        await proxy.AckAsync(second);
        await HasAsync(server, "1 2 3");
    }

    [Fact]
    public async Task What_was_refused_stays_so_until_it_is_sent_anew()
    {
        await using var server = await AdsServer.StartAsync();
        using var proxy = new DeltaStream(server);
        server.Source.Set(clusters: "a=1 b=1");
        await proxy.AckAsync(await proxy.AskAsync(TypeUrls.Cluster));
        await HasAsync(server, "1");
        Push(server, 2, "a=2 b=1");
        await proxy.NackAsync(await proxy.NextAsync(), "not a");
        await HasAsync(server, "1", "not a");
        Push(server, 3, "a=2 b=3");
        await proxy.AckAsync(await proxy.NextAsync());
        await HasAsync(server, "1 3", "not a");
        Push(server, 4, "a=4 b=3");
        await proxy.AckAsync(await proxy.NextAsync());
        await HasAsync(server, "1 2 3 4");
    }

    [Fact]
    public async Task Answers_that_wait_for_each_other_are_one()
    {
        await using var server = await AdsServer.StartAsync();
        using var proxy = new DeltaStream(server);
        server.Source.Set(clusters: "a=1");
        await proxy.AckAsync(await proxy.AskAsync(TypeUrls.Cluster));
        await HasAsync(server, "1");
        Push(server, 2, "a=2");
        var second = await proxy.NextAsync();
        Push(server, 3, "a=3");
        var third = await proxy.NextAsync();
        // The acknowledgement of one that is not the last says nothing.
        await proxy.AckAsync(second);
        await HasAsync(server, "1");
        await proxy.AckAsync(third);
        await HasAsync(server, "1 2 3");
    }

    private static void Push(AdsServer server, long revision, string clusters)
    {
        server.Source.Set(clusters: clusters);
        server.Source.Revision = revision;
        server.Push();
    }

    /// <summary>Waits until the proxy has exactly these revisions, of 1 to 4.</summary>
    private static async Task HasAsync(AdsServer server, string expected, string refusal = "")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var news = new SemaphoreSlim(0);
        void Tell() => news.Release();
        server.Registry.Progressed += Tell;
        var wanted = expected == "no" ? "" : expected;
        while (true)
        {
            var progress = server.Registry.Connections.SingleOrDefault()?.Progress ?? ProxyProgress.None;
            var refusals = "";
            var had = Enumerable
                .Range(1, 4)
                .Where(revision =>
                {
                    var has = progress.Has(revision, out var why);
                    refusals += why;
                    return has;
                });
            var told = string.Join(' ', had);
            if (told == wanted && refusals == refusal)
                break;
            await news.WaitAsync(limit.Token);
        }
        server.Registry.Progressed -= Tell;
    }
}
