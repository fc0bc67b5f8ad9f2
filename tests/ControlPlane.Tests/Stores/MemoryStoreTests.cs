// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;

namespace ControlPlane.Tests.Stores;

public sealed class MemoryStoreTests : StoreContract
{
    protected override IResourceStore Store { get; } = new MemoryStore();

    [Fact]
    public async Task A_watcher_that_fell_behind_must_list_again()
    {
        var feed = new ChangeFeed(start: 0, capacity: 2);
        for (var i = 1; i <= 4; i++)
            feed.Add(new ObjectChange(ChangeKind.Added, new StoredObject(Reviews, i, Text("x")), null));
        await using var late = feed.WatchAsync(ObjectScope.Everything, 1, Stop).GetAsyncEnumerator(Stop);
        var gone = await Assert.ThrowsAsync<RevisionGoneException>(async () => await late.MoveNextAsync());
        Assert.Equal((1, 2), (gone.Revision, gone.Oldest));
        await using var inTime = feed.WatchAsync(ObjectScope.Everything, 2, Stop).GetAsyncEnumerator(Stop);
        Assert.True(await inTime.MoveNextAsync());
        Assert.Equal(3, inTime.Current.Object.Revision);
    }
}
