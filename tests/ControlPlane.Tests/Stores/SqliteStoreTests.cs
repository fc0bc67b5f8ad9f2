// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.Stores.Sqlite;

namespace ControlPlane.Tests.Stores;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-store");
    private SqliteStore _store;

    public SqliteStoreTests() => _store = SqliteStore.Open(FilePath);

    protected override IResourceStore Store => _store;

    private string FilePath => Path.Combine(_directory.FullName, "config.db");

    [Fact]
    public async Task What_was_written_is_there_after_a_restart_and_watches_go_on()
    {
        var created = await CreateAsync(Reviews, "1");
        await Store.PutAsync(Reviews, Text("2"), created.Revision, Stop);
        await Store.DeleteAsync(Reviews, expected: null, Stop);
        await CreateAsync(Ratings, "kept");
        _store.Dispose();
        _store = SqliteStore.Open(FilePath);
        Assert.Equal([Ratings], await KeysAsync(ObjectScope.Everything));
        await using var changes = Store
            .WatchAsync(ObjectScope.Everything, created.Revision, Stop)
            .GetAsyncEnumerator(Stop);
        Assert.Equal((ChangeKind.Modified, "2", "1"), await NextAsync(changes));
        Assert.Equal((ChangeKind.Deleted, "2", "2"), await NextAsync(changes));
        Assert.Equal((ChangeKind.Added, "kept", ""), await NextAsync(changes));
        var next = await CreateAsync(Rule, "3");
        Assert.Equal(created.Revision + 4, next.Revision);
    }

    /// <summary>The files as a crash would leave them, at every moment that something was acknowledged.</summary>
    [Fact]
    public async Task What_was_acknowledged_is_in_the_files_at_once()
    {
        for (var i = 0; i < 20; i++)
        {
            await CreateAsync(Reviews with { Name = $"r{i:00}" }, $"{i}");
            var image = _directory.CreateSubdirectory($"crash-{i}");
            foreach (var file in _directory.EnumerateFiles("config.db*"))
                file.CopyTo(Path.Combine(image.FullName, file.Name));
            using var afterCrash = SqliteStore.Open(Path.Combine(image.FullName, "config.db"));
            var page = await afterCrash.ListAsync(ObjectScope.Everything, stop: Stop);
            Assert.Equal(i + 1, page.Objects.Count);
            Assert.Equal($"{i}", Text(page.Objects[^1]));
        }
    }

    [Fact]
    public async Task Pages_of_a_list_are_of_its_first_pages_moment()
    {
        for (var i = 0; i < 4; i++)
            await CreateAsync(Reviews with { Name = $"r{i}" }, "old");
        var scope = new ObjectScope(Reviews.Group, Reviews.Plural);
        var first = await Store.ListAsync(scope, limit: 2, stop: Stop);
        await Store.PutAsync(Reviews with { Name = "r2" }, Text("new"), expected: null, Stop);
        await Store.DeleteAsync(Reviews with { Name = "r3" }, expected: null, Stop);
        await CreateAsync(Reviews with { Name = "r9" }, "new");
        var rest = await Store.ListAsync(scope, limit: 2, first.Continue, first.Revision, Stop);
        Assert.Equal(["r2", "r3"], rest.Objects.Select(static stored => stored.Key.Name));
        Assert.All(rest.Objects, static stored => Assert.Equal("old", Text(stored)));
        Assert.Equal(first.Revision, rest.Revision);
        await Assert.ThrowsAsync<RevisionGoneException>(async () =>
            await Store.ListAsync(scope, revision: rest.Revision + 100, stop: Stop)
        );
    }

    [Fact]
    public void A_second_process_is_told_who_has_the_file()
    {
        var refused = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(FilePath));
        Assert.Contains("another process has", refused.Message, StringComparison.Ordinal);
        Assert.Contains(FilePath, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_stays_as_it_is()
    {
        var path = Path.Combine(_directory.FullName, "letter.txt");
        var text = string.Concat(Enumerable.Repeat("Dear Sir or Madam, ", 100));
        File.WriteAllText(path, text);
        var refused = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(path));
        Assert.Contains("no SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));
    }

    public void Dispose()
    {
        _store.Dispose();
        _directory.Delete(recursive: true);
    }
}
