// SPDX-License-Identifier: Apache-2.0
using Lateen.Agent.State;
using Lateen.Xds;

namespace DataPlane.Tests.Agent;

public sealed class LastGoodFileTests : IDisposable
{
    private const string Node = "sidecar~10.0.0.7~web-1.default~default.svc.cluster.local";

    private static readonly (string, NamedResource)[] s_resources =
    [
        (TypeUrls.Route, new NamedResource("r", "4", Resources.Routes("r", "a"))),
        (TypeUrls.Cluster, new NamedResource("a", "1", Resources.EdsCluster("a"))),
        (TypeUrls.Endpoints, new NamedResource("a", "2", Resources.Endpoints("a", 81))),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lateen-last-good-");
    private readonly LogLines _log = new();
    private readonly WatchedTime _time = new();

    private string FilePath => Path.Combine(_folder.FullName, "last-good.bin");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_saved_comes_back_in_the_order_it_must_be_applied()
    {
        await SaveAsync(Node);
        var updates = Open(Node).Load();
        Assert.Equal(
            [TypeUrls.Cluster, TypeUrls.Endpoints, TypeUrls.Route],
            updates.Select(static update => update.TypeUrl)
        );
        Assert.All(updates, static update => Assert.False(update.IsWhole));
        Assert.Equal(
            s_resources.Select(static entry => entry.Item2).OrderBy(static resource => resource.Version),
            updates.SelectMany(static update => update.Changed)
        );
        Assert.Empty(_log.All);
        Assert.Equal([FilePath], _folder.GetFiles().Select(static file => file.FullName)); // no half-written one beside it
    }

    [Fact]
    public async Task A_burst_of_changes_is_one_write_a_moment_later()
    {
        var file = Open(Node);
        using var stop = new CancellationTokenSource();
        var saves = 0;
        using var saved = new SemaphoreSlim(0);
        var running = file.RunAsync(() => Count(ref saves, saved), stop.Token);
        file.Touch();
        var wait = await _time.NextWaitAsync();
        file.Touch();
        file.Touch();
        Assert.Equal(0, saves);
        _time.Advance(wait);
        // Before that, a change belongs to the write that is about to begin.
        Assert.True(await saved.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        file.Touch();
        await _time.NextWaitAsync();
        Assert.Equal(1, saves);
        await stop.CancelAsync();
        await running;
        Assert.Equal(2, saves); // what had not been written yet
    }

    [Fact]
    public async Task Nothing_changed_nothing_written()
    {
        using var stop = new CancellationTokenSource();
        var running = Open(Node).RunAsync(static () => s_resources, stop.Token);
        await stop.CancelAsync();
        await running;
        Assert.False(File.Exists(FilePath));
        Assert.Empty(Open(Node).Load());
        Assert.Empty(_log.All);
    }

    [Fact]
    public async Task A_file_with_any_byte_changed_is_refused()
    {
        await SaveAsync(Node);
        var good = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        for (var i = 0; i < good.Length; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 0x10;
            await AssertRefusedAsync(bad);
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_off_anywhere_is_refused()
    {
        await SaveAsync(Node);
        var good = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        for (var length = 0; length < good.Length; length++)
            await AssertRefusedAsync(good[..length]);
    }

    [Fact]
    public async Task Another_nodes_file_is_left_alone()
    {
        await SaveAsync("sidecar~10.0.0.8~other-1.default~default.svc.cluster.local");
        Assert.Empty(Open(Node).Load());
        Assert.Equal(
            $"Warn state: {FilePath} belongs to the node sidecar~10.0.0.8~other-1.default~default.svc.cluster.local and is left alone",
            Assert.Single(_log.All)
        );
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_said_and_survived()
    {
        await File.WriteAllTextAsync(FilePath, "", TestContext.Current.CancellationToken);
        var file = new LastGoodFile(FilePath, Node, _log, _time); // a file where the directory should be
        file.Touch();
        await file.RunAsync(static () => s_resources, new CancellationToken(canceled: true));
        Assert.StartsWith($"Error state: cannot save {FilePath}/last-good.bin: ", Assert.Single(_log.All));
    }

    private LastGoodFile Open(string node) => new(_folder.FullName, node, _log, _time);

    private async Task SaveAsync(string node)
    {
        var file = Open(node);
        file.Touch();
        await file.RunAsync(static () => s_resources, new CancellationToken(canceled: true));
    }

    private async Task AssertRefusedAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(FilePath, content, TestContext.Current.CancellationToken);
        Assert.Empty(Open(Node).Load());
        Assert.Equal(
            $"Warn state: {FilePath} cannot be used: its checksum does not match, so it is damaged or not of this version; "
                + "waiting for the control plane",
            _log.All.Last()
        );
    }

    private static (string, NamedResource)[] Count(ref int saves, SemaphoreSlim saved)
    {
        Interlocked.Increment(ref saves);
        saved.Release();
        return s_resources;
    }
}
