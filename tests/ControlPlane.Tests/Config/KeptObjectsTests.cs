// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Sources;
using Lateen.Config.Stores;

namespace ControlPlane.Tests.Config;

/// <summary>Objects of a store that others write to, who may not check what they write: a restart does not take away what was good.</summary>
public sealed class KeptObjectsTests : IDisposable
{
    private static readonly ObjectKey s_route = new("networking.istio.io", "virtualservices", "default", "web");
    private static readonly ObjectKey s_secret = new("", "secrets", "default", "key");

    private readonly KeptTexts _kept = new();

    [Theory]
    [InlineData(true, "first", "first", "a.example.com")]
    [InlineData(true, "first", "another cluster", "")]
    // Whoever has a store for himself checks what he writes.
    [InlineData(false, "first", "first", "")]
    public async Task What_is_refused_now_is_as_the_process_before_had_it(
        bool isShared,
        string before,
        string after,
        string inForce
    )
    {
        var stop = TestContext.Current.CancellationToken;
        var store = new MemoryStore { IsShared = isShared };
        await PutAsync(store, s_route, Route("hosts"), 0, stop);
        using (await StartAsync(store, before, stop)) { }
        await PutAsync(store, s_route, Route("hostz"), null, stop);
        using var source = await StartAsync(store, after, stop);
        Assert.Equal(
            inForce,
            string.Join(' ', source.Current.Of<VirtualService>().SelectMany(static route => route.Spec.Hosts))
        );
        Assert.Equal(inForce.Length > 0, source.Current.Problems.Any(static problem => problem.Code == "LT0113"));
    }

    [Fact]
    public async Task Secrets_of_a_store_are_nowhere_else()
    {
        var stop = TestContext.Current.CancellationToken;
        var store = new MemoryStore { IsShared = true };
        await PutAsync(store, s_route, Route("hosts"), 0, stop);
        const string secret =
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"key","namespace":"default"},"type":"Opaque","data":{"key":"c2VjcmV0"}}""";
        await PutAsync(store, s_secret, secret, 0, stop);
        using var source = await StartAsync(store, "first", stop);
        Assert.Equal(2, source.Current.Resources.Count);
        Assert.Equal(["web"], _kept.Names);
    }

    public void Dispose() => _kept.Dispose();

    private async Task<ConfigSource> StartAsync(MemoryStore store, string location, CancellationToken stop)
    {
        var source = new ConfigSource(
            [new StoreTexts(store, TimeProvider.System)],
            new LastGoodTexts(_kept, location, TimeProvider.System)
        );
        await source.StartAsync(stop);
        // What is taken first is kept with what comes next.
        source.Load();
        return source;
    }

    private static async Task PutAsync(
        MemoryStore store,
        ObjectKey key,
        string json,
        long? expected,
        CancellationToken stop
    ) =>
        Assert.Equal(
            WriteStatus.Done,
            (await store.PutAsync(key, Encoding.UTF8.GetBytes(json), expected, stop)).Status
        );

    private static string Route(string hosts) =>
        $$"""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"web","namespace":"default"},
             "spec":{"{{hosts}}":["a.example.com"],"http":[{"route":[{"destination":{"host":"a.example.com"} }] }]}
            }
            """;
}
