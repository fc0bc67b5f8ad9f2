// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Config.Sources;
using Lateen.Config.Stores;

namespace ControlPlane.Tests.Config;

/// <summary>What only says how an object fares is not read again.</summary>
public class StoredTextsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What becomes of a route: its metadata, its spec, what else; whether it is read again.</summary>
    public static TheoryData<string, string, string, bool> Changes =>
        new()
        {
            { "", "", "", false },
            { "", "", ""","status":{"conditions":[{"type":"Accepted"}]}""", false },
            { ""","managedFields":[{"manager":"a"}]""", "", "", false },
            { ""","labels":{"a":"b"}""", "", "", true },
            { ""","generation":2""", "", "", true },
            { "", ""","gateways":["g"]""", "", true },
        };

    [Theory, MemberData(nameof(Changes))]
    public async Task A_change_is_read_unless_it_is_a_status(string metadata, string spec, string more, bool isRead)
    {
        var store = new MemoryStore();
        await PutAsync(store, "r", Route("r", "", "", ""));
        using var source = new ConfigSource(new StoreTexts(store, TimeProvider.System));
        await source.StartAsync(Stop);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var last = new TaskCompletionSource();
        source.Changed += (snapshot, _) =>
        {
            if (snapshot.Resources.Any(static one => one.Name == "last"))
                last.TrySetResult();
        };
        var running = source.RunAsync(ending.Token);
        var before = source.Work.Validated;
        await PutAsync(store, "r", Route("r", metadata, spec, more));
        await PutAsync(store, "last", Route("last", "", "", ""));
        await last.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        Assert.Equal(before + (isRead ? 2 : 1), source.Work.Validated);
        await ending.CancelAsync();
        await running;
    }

    private static async Task PutAsync(MemoryStore store, string name, string content)
    {
        var key = new ObjectKey("networking.istio.io", "virtualservices", "default", name);
        var there = await store.GetAsync(key, Stop);
        await store.PutAsync(key, Encoding.UTF8.GetBytes(content), there?.Revision ?? 0, Stop);
    }

    private static string Route(string name, string metadata, string spec, string more) =>
        $$$"""{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"{{{name}}}","namespace":"default"{{{metadata}}}},"spec":{"hosts":["a"],"http":[{"route":[{"destination":{"host":"a"}}]}]{{{spec}}}}{{{more}}}}""";
}
