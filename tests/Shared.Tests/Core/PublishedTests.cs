// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Shared.Tests.Core;

public sealed class PublishedTests
{
    [Fact]
    public void Replacing_gives_back_what_must_be_drained()
    {
        var published = new Published<string>("first");
        Assert.Equal("first", published.Replace("second"));
        Assert.Equal("second", published.Current);
    }

    [Fact]
    public void A_reader_sees_each_snapshot_whole_and_never_an_older_one()
    {
        const int Last = 200_000;
        var published = new Published<Pair>(new Pair(0, 0));
        var reader = new Thread(() =>
        {
            for (var seen = 0; seen < Last; )
            {
                var current = published.Current;
                Assert.Equal(current.Number, current.Same);
                Assert.True(current.Number >= seen);
                seen = current.Number;
            }
        });
        reader.Start();
        for (var i = 1; i <= Last; i++)
            published.Replace(new Pair(i, i));
        Assert.True(reader.Join(TimeSpan.FromSeconds(30)));
    }

    private sealed record Pair(int Number, int Same);
}
