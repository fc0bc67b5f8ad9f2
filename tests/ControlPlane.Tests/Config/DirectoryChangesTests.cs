// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Sources;
using Lateen.Core;

namespace ControlPlane.Tests.Config;

/// <summary>Files that are written, replaced, moved and deleted while somebody watches: what changed is read again, and nothing else.</summary>
public sealed class DirectoryChangesTests : IAsyncDisposable
{
    private const int Files = 100;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-files");
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(30));
    private readonly Channel<ConfigSnapshot> _told = Channel.CreateUnbounded<ConfigSnapshot>();
    private ConfigSource _source = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _source.Dispose();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Of_many_files_only_those_that_changed_are_read_again()
    {
        for (var i = 0; i < Files; i++)
            await WriteAsync($"team-{i % 3}/route-{i}.yaml", Route($"route-{i}", "1s"));
        await StartAsync(_directory.FullName);
        Assert.Equal(Files, _source.Work.Validated);

        await WriteAsync("team-1/route-1.yaml", Route("route-1", "2s"));
        await UntilAsync(snapshot => TimeoutOf(snapshot, "route-1") == 2);
        // Once, or twice where the watcher sees it while it is being written.
        Assert.InRange(_source.Work.Validated - Files, 1, 2);

        File.Delete(In("team-1/route-1.yaml"));
        await UntilAsync(static snapshot => snapshot.Resources.Count == Files - 1);
        Directory.Move(In("team-2"), Path.Combine(In("team-0"), "moved"));
        await UntilAsync(static snapshot =>
            snapshot.Resources.Count == Files - 1
            && snapshot.Resources.Any(static one => one.At.Source.Contains("team-0/moved/", StringComparison.Ordinal))
        );
        Assert.DoesNotContain(
            _source.Current.Resources,
            static one => one.At.Source.Contains("team-2/", StringComparison.Ordinal)
        );
    }

    /// <summary>As kubelet updates a ConfigMap that is mounted: files are links through a link that is put in place of another one.</summary>
    [Fact]
    public async Task Files_behind_a_link_that_is_swapped_are_read_again_and_none_twice()
    {
        await WriteAsync("..one/a.yaml", Route("a", "1s"));
        await WriteAsync("..two/a.yaml", Route("a", "2s"));
        // Written at another time than the first one, also where clocks tick slowly.
        File.SetLastWriteTimeUtc(In("..one/a.yaml"), DateTime.UnixEpoch);
        Link("..data", "..one");
        Link("a.yaml", "..data/a.yaml");
        await StartAsync(_directory.FullName);
        Assert.Equal(1, TimeoutOf(_source.Current, "a"));
        Assert.Empty(_source.Current.Problems);

        Link("..tmp", "..two");
        // The framework moves no link to a directory over another one.
        using (var move = Process.Start("mv", ["-T", In("..tmp"), In("..data")]))
            await move.WaitForExitAsync(_stop.Token);
        await UntilAsync(static snapshot => TimeoutOf(snapshot, "a") == 2);
        Assert.Empty(_source.Current.Problems);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_a_problem_of_its_own_and_keeps_what_it_said()
    {
        await WriteAsync("a.yaml", Route("a", "1s"));
        await WriteAsync("b.yaml", Route("b", "1s"));
        await StartAsync(_directory.FullName);
        // A link to itself.
        Link("broken", "a.yaml");
        File.Move(In("broken"), In("a.yaml"), overwrite: true);
        await WriteAsync("b.yaml", Route("b", "2s"));
        await UntilAsync(static snapshot => TimeoutOf(snapshot, "b") == 2 && snapshot.Problems.Count > 0);
        Assert.Equal(1, TimeoutOf(_source.Current, "a"));
        var problem = Assert.Single(_source.Current.Problems);
        Assert.Equal(("LT0108", In("a.yaml")), (problem.Code, problem.Where.Source));

        await WriteAsync("fine", Route("a", "3s"));
        File.Move(In("fine"), In("a.yaml"), overwrite: true);
        await UntilAsync(static snapshot => TimeoutOf(snapshot, "a") == 3);
        Assert.Empty(_source.Current.Problems);
    }

    [Fact]
    public async Task A_single_file_is_followed_through_replacement_and_stays_in_force_when_it_is_gone()
    {
        await WriteAsync("a.yaml", Route("a", "1s"));
        await StartAsync(In("a.yaml"));
        await WriteAsync("new", Route("a", "2s"));
        File.Move(In("new"), In("a.yaml"), overwrite: true);
        await UntilAsync(static snapshot => TimeoutOf(snapshot, "a") == 2);
        var problems = Channel.CreateUnbounded<Problem>();
        _source.Changed += (_, found) => found.ToList().ForEach(problem => problems.Writer.TryWrite(problem));
        File.Delete(In("a.yaml"));
        Assert.Equal("LT0108", (await problems.Reader.ReadAsync(_stop.Token)).Code);
        Assert.Equal(2, TimeoutOf(_source.Current, "a"));
    }

    private async Task StartAsync(string path)
    {
        _source = ConfigSource.OfFiles([path]);
        _source.Changed += (snapshot, _) => _told.Writer.TryWrite(snapshot);
        await _source.StartAsync(_stop.Token);
        _running = _source.RunAsync(_stop.Token);
    }

    private async Task UntilAsync(Func<ConfigSnapshot, bool> isThere)
    {
        while (!isThere(await _told.Reader.ReadAsync(_stop.Token))) { }
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private async Task WriteAsync(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        await File.WriteAllTextAsync(In(name), text, _stop.Token);
    }

    private void Link(string name, string to) => File.CreateSymbolicLink(In(name), to);

    private static int TimeoutOf(ConfigSnapshot snapshot, string name) =>
        (int?)
            snapshot
                .Of<VirtualService>()
                .FirstOrDefault(route => route.Name == name)
                ?.Spec.Http[0]
                .Timeout?.TotalSeconds
        ?? 0;

    private static string Route(string name, string timeout) =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: {{name}}}
            spec: {hosts: [{{name}}.example.com], gateways: [], http: [{timeout: {{timeout}}, directResponse: {status: 200} }]}
            """;
}
