// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Threading.Channels;
using ControlPlane.Tests.ResourceApi;
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Sources;
using Lateen.Config.Stores;
using Lateen.Core;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Config;

/// <summary>Files and a store together: one configuration.</summary>
public sealed class ConfigSourceTests : IAsyncDisposable
{
    private readonly ForgetfulStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-source");
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(30));
    private readonly Channel<(ConfigSnapshot Snapshot, IReadOnlyList<Problem> Problems)> _told =
        Channel.CreateUnbounded<(ConfigSnapshot, IReadOnlyList<Problem>)>();
    private readonly StoreTexts _texts;
    private readonly ConfigSource _source;
    private Task _running = Task.CompletedTask;

    public ConfigSourceTests()
    {
        _texts = new StoreTexts(_store, _time);
        _source = new ConfigSource(new DirectoryTexts([_directory.FullName]), _texts);
        _source.Changed += (snapshot, problems) => _told.Writer.TryWrite((snapshot, problems));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _source.Dispose();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_in_the_store_is_in_force_with_what_is_in_files()
    {
        await PutAsync("virtualservices", Samples.Route("reviews"));
        await StartAsync();
        Assert.Equal("reviews", Route((await NextAsync()).Snapshot).Spec.Hosts[0]);
        await PutAsync("virtualservices", Samples.Route("reviews", "ratings"));
        Assert.Equal("ratings", Route((await NextAsync()).Snapshot).Spec.Hosts[0]);
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "rule.json"),
            Samples.Rule("ratings", "ratings"),
            _stop.Token
        );
        var both = (await NextAsync()).Snapshot;
        Assert.Equal(
            ("ratings", "ratings"),
            (Route(both).Spec.Hosts[0], Assert.Single(both.Of<DestinationRule>()).Spec.Host)
        );
        await _store.DeleteAsync(Key("virtualservices", "reviews"), null, _stop.Token);
        Assert.Empty((await NextAsync()).Snapshot.Of<VirtualService>());
    }

    [Fact]
    public async Task What_is_refused_leaves_what_was()
    {
        await PutAsync("virtualservices", Samples.Route("reviews"));
        await StartAsync();
        await NextAsync();
        await PutAsync(
            "virtualservices",
            Samples.Route("reviews").Replace("[\"reviews\"]", "1", StringComparison.Ordinal)
        );
        var (snapshot, problems) = await NextAsync();
        Assert.Equal("reviews", Route(snapshot).Spec.Hosts[0]);
        var problem = Assert.Single(problems, static problem => problem.Severity == Severity.Error);
        Assert.Equal("store:networking.istio.io/virtualservices/default/reviews", problem.Where.Source);
    }

    [Fact]
    public async Task A_file_counts_before_the_store()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "zzz.yaml"),
            Samples.RouteYaml("reviews", "of-file"),
            _stop.Token
        );
        await PutAsync("virtualservices", Samples.Route("reviews", "of-store"));
        await StartAsync();
        var (snapshot, problems) = await NextAsync();
        Assert.Equal("of-file", Route(snapshot).Spec.Hosts[0]);
        Assert.Contains(problems, static problem => problem.Code == "LT0107");
    }

    [Fact]
    public async Task How_an_object_fares_changes_nothing()
    {
        await PutAsync("virtualservices", Samples.Route("reviews"));
        await StartAsync();
        await NextAsync();
        await PutAsync(
            "virtualservices",
            Samples
                .Route("reviews")
                .Replace("\"spec\"", "\"status\":{\"observedGeneration\":1},\"spec\"", StringComparison.Ordinal)
        );
        await PutAsync(
            "virtualservices",
            Samples
                .Route("reviews")
                .Replace("\"metadata\":{", "\"metadata\":{\"managedFields\":[],", StringComparison.Ordinal)
        );
        await PutAsync("namespaces", Samples.Namespace("shop"), "");
        await PutAsync("virtualservices", Samples.Route("reviews", "next"));
        Assert.Equal("next", Route((await NextAsync()).Snapshot).Spec.Hosts[0]);
    }

    [Fact]
    public async Task A_store_that_is_away_at_the_start_is_waited_for()
    {
        await PutAsync("virtualservices", Samples.Route("reviews"));
        _store.IsAway = true;
        var asked = Channel.CreateUnbounded<bool>();
        _texts.Unavailable += _ => asked.Writer.TryWrite(true);
        var starting = StartAsync();
        await asked.Reader.ReadAsync(_stop.Token);
        Assert.False(starting.IsCompleted);
        _store.IsAway = false;
        while (!starting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await starting;
        Assert.Equal("reviews", Route((await NextAsync()).Snapshot).Spec.Hosts[0]);
    }

    [Fact]
    public async Task A_watch_that_fell_behind_begins_anew()
    {
        await _source.StartAsync(_stop.Token);
        await NextAsync();
        await PutAsync("virtualservices", Samples.Route("reviews"));
        // The watch is told that its revision is gone, and everything is listed.
        _store.HasForgotten = true;
        _running = _source.RunAsync(_stop.Token);
        var next = NextAsync();
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal("reviews", Route((await next).Snapshot).Spec.Hosts[0]);
    }

    private async Task StartAsync()
    {
        await _source.StartAsync(_stop.Token);
        _running = _source.RunAsync(_stop.Token);
    }

    private async Task<(ConfigSnapshot Snapshot, IReadOnlyList<Problem> Problems)> NextAsync() =>
        await _told.Reader.ReadAsync(_stop.Token);

    private async Task PutAsync(string plural, string json, string ns = "default")
    {
        var name = System.Text.Json.Nodes.JsonNode.Parse(json)!["metadata"]!["name"]!.GetValue<string>();
        var key = Key(plural, name) with
        {
            Namespace = ns,
            Group = plural == "namespaces" ? "" : "networking.istio.io",
        };
        var expected = await _store.GetAsync(key, _stop.Token) is { } stored ? stored.Revision : 0;
        await _store.PutAsync(key, Encoding.UTF8.GetBytes(json), expected, _stop.Token);
    }

    private static ObjectKey Key(string plural, string name) => new("networking.istio.io", plural, "default", name);

    private static ConfigResource<VirtualService> Route(ConfigSnapshot snapshot) =>
        Assert.Single(snapshot.Of<VirtualService>());
}
