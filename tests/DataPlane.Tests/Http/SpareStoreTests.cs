// SPDX-License-Identifier: Apache-2.0
using Lateen.Http;

namespace DataPlane.Tests.Http;

/// <summary>What is kept for the next use, and what of it goes.</summary>
public sealed class SpareStoreTests
{
    private const int Kept = 4;

    private readonly SpareStore<object> _store;
    private int _made;
    private int _surplus;

    public SpareStoreTests() =>
        _store = new SpareStore<object>(
            () =>
            {
                _made++;
                return new object();
            },
            Kept,
            () => _surplus++
        );

    [Fact]
    public void What_comes_back_is_used_again()
    {
        for (var i = 0; i < 10; i++)
            Burst(Kept);
        Assert.Equal(Kept, _made);
        Assert.Equal(0, _surplus);
    }

    [Fact]
    public void The_owner_hears_of_more_than_is_kept_in_any_case()
    {
        Burst(Kept + 3);
        Assert.True(_store.HasSurplus);
        Assert.Equal(3, _surplus);
    }

    [Fact]
    public void What_is_used_all_the_time_stays()
    {
        for (var i = 0; i < 10; i++)
        {
            Burst(100);
            _store.TrimUnused();
        }
        Assert.Equal(100, _made);
    }

    [Fact]
    public void Half_of_what_nobody_used_goes_each_time_down_to_what_is_kept()
    {
        Burst(100);
        _store.TrimUnused(); // It was used just now.
        Burst(20);
        _store.TrimUnused();
        Assert.Equal(0, MadeFor(60)); // 80 were idle, 40 of them are gone
        for (var i = 0; i < 10; i++)
            _store.TrimUnused();
        Assert.False(_store.HasSurplus);
        Assert.Equal(0, MadeFor(Kept));
        Assert.Equal(1, MadeFor(Kept + 1));
    }

    [Fact]
    public void All_of_it_goes_where_memory_is_short()
    {
        Burst(10);
        _store.TrimAll();
        Assert.Equal(1, MadeFor(1));
    }

    private int MadeFor(int count)
    {
        var before = _made;
        Burst(count);
        return _made - before;
    }

    private void Burst(int count)
    {
        var rented = Enumerable.Range(0, count).Select(_ => _store.Rent()).ToArray();
        foreach (var one in rented)
            _store.Return(one);
    }
}
