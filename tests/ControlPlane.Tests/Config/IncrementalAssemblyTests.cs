// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Threading.Channels;
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Sources;
using Lateen.Config.Stores;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

/// <summary>Following changes one by one gives what looking at everything would, and costs what changed.</summary>
public class IncrementalAssemblyTests
{
    private const int Pairs = 1_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_any_changes_resources_and_problems_are_those_of_the_whole(bool withFaults)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new RandomChanges(seed, withFaults);
            var assembler = new ConfigAssembler();
            var whole = new WholeAssembler();
            var texts = new SortedDictionary<string, string>(TextNames.Instance);
            var told = new HashSet<Problem>();
            for (var step = 0; step < 25; step++)
            {
                var changes = random.Next();
                var fresh = assembler.Apply([.. changes.Select(static change => Read(change.Key, change.Value))]);
                foreach (var (name, text) in changes)
                {
                    if (text is null)
                        texts.Remove(name);
                    else
                        texts[name] = text;
                }
                var read = texts
                    .Select(static text => (text.Key, ResourceDecoder.Decode(text.Key, text.Value)))
                    .ToList();
                whole.Take(read);
                var at = $"seed {seed}, step {step}";
                AssertSame(whole.Resources, assembler.Current, at);
                Assert.Equal((at, Lines(whole.Problems)), (at, Lines(assembler.Current.Problems)));
                Assert.Equal(
                    (at, Lines(whole.Problems.Where(problem => !told.Contains(problem)))),
                    (at, Lines(fresh ?? []))
                );
                told = [.. whole.Problems];
            }
            if (!withFaults)
                AssertSameFromScratch(texts, assembler.Current, seed);
        }
    }

    [Fact]
    public async Task A_change_among_thousands_is_one_object_validated_and_merged()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var store = new MemoryStore();
        for (var i = 0; i < Pairs; i++)
        {
            await PutAsync(store, "serviceentries", Entry(i), i, stop.Token);
            await PutAsync(store, "virtualservices", Route(i, "1s"), i, stop.Token);
        }
        var told = Channel.CreateUnbounded<ConfigSnapshot>();
        using var source = new ConfigSource(new StoreTexts(store, TimeProvider.System));
        source.Changed += (snapshot, _) => told.Writer.TryWrite(snapshot);
        await source.StartAsync(stop.Token);
        var running = source.RunAsync(stop.Token);
        var before = await told.Reader.ReadAsync(stop.Token);
        Assert.Equal(2 * Pairs, before.Resources.Count);
        Assert.Equal(new AssemblyWork(2 * Pairs, 2 * Pairs, Pairs), source.Work);

        await PutAsync(store, "virtualservices", Route(500, "2s"), 500, stop.Token);
        var after = await told.Reader.ReadAsync(stop.Token);
        Assert.Equal(new AssemblyWork((2 * Pairs) + 1, (2 * Pairs) + 1, Pairs + 1), source.Work);
        Assert.Equal(TimeSpan.FromSeconds(2), RouteOf(after, 500).Spec.Http[0].Timeout);
        Assert.Equal(2 * Pairs, after.Resources.Count);
        Assert.Equal(
            (2 * Pairs) - 1,
            before.Resources.Intersect(after.Resources, ReferenceEqualityComparer.Instance).Count()
        );

        // Its host goes: whoever routes there is looked at again, and nobody else.
        await store.DeleteAsync(Key("serviceentries", 500), null, stop.Token);
        after = await told.Reader.ReadAsync(stop.Token);
        Assert.Equal(new AssemblyWork((2 * Pairs) + 1, (2 * Pairs) + 2, Pairs + 2), source.Work);
        Assert.Equal("LT0302", Assert.Single(after.Problems).Code);
        await stop.CancelAsync();
        await running;
    }

    private static TextChange Read(string name, string? text) =>
        new(name, text is null ? null : ResourceDecoder.Decode(name, text));

    private static void AssertSame(IReadOnlyList<ConfigResource> expected, ConfigSnapshot actual, string at)
    {
        Assert.Equal((at, Lines(expected)), (at, Lines(actual.Resources)));
        Assert.Equal(
            (at, Lines(expected.OfType<ConfigResource<VirtualService>>())),
            (at, Lines(actual.Of<VirtualService>()))
        );
    }

    private static void AssertSameFromScratch(
        IReadOnlyDictionary<string, string> texts,
        ConfigSnapshot actual,
        int seed
    )
    {
        var scratch = new ConfigAssembler().Assemble(texts);
        AssertSame(scratch.Resources, actual, $"seed {seed} from scratch");
        Assert.Equal(Lines(scratch.Problems), Lines(actual.Problems));
    }

    private static string Lines(IEnumerable<ConfigResource> resources) =>
        string.Join(
            '\n',
            resources.Select(static resource => $"{resource.Key} {resource.At} {resource.Metadata.Labels["text"]}")
        );

    private static string Lines(IEnumerable<Problem> problems) =>
        string.Join('\n', problems.Select(static problem => $"{problem}").Order(StringComparer.Ordinal));

    private static ConfigResource<VirtualService> RouteOf(ConfigSnapshot snapshot, int i) =>
        snapshot.Of<VirtualService>().Single(route => route.Name == $"route-{i}");

    private static async Task PutAsync(MemoryStore store, string plural, string json, int i, CancellationToken stop)
    {
        var expected = (await store.GetAsync(Key(plural, i), stop))?.Revision ?? 0;
        await store.PutAsync(Key(plural, i), Encoding.UTF8.GetBytes(json), expected, stop);
    }

    private static ObjectKey Key(string plural, int i) =>
        new("networking.istio.io", plural, "default", plural == "serviceentries" ? $"entry-{i}" : $"route-{i}");

    private static string Entry(int i) =>
        $$"""
            {"apiVersion":"networking.istio.io/v1","kind":"ServiceEntry","metadata":{"name":"entry-{{i}}","namespace":"default"},
             "spec":{"hosts":["h{{i}}.example.com"],"ports":[{"number":80,"name":"http","protocol":"HTTP"}],"resolution":"DNS"}
            }
            """;

    private static string Route(int i, string timeout) =>
        $$"""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"route-{{i}}","namespace":"default"},
             "spec":{"hosts":["h{{i}}.example.com"],"http":[{"timeout":"{{timeout}}",
             "route":[{"destination":{"host":"h{{i}}.example.com"} }]}]}
            }
            """;

    /// <summary>Files before stores, then by name.</summary>
    private sealed class TextNames : IComparer<string>
    {
        public static TextNames Instance { get; } = new();

        public int Compare(string? x, string? y) => string.CompareOrdinal(InOrder(x!), InOrder(y!));

        private static string InOrder(string name) =>
            name.StartsWith(StoreTexts.Prefix, StringComparison.Ordinal) ? "2" + name : "1" + name;
    }
}
