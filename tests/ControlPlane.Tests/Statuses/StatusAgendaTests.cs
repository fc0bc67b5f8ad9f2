// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Schemas;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Statuses;

/// <summary>What is written at once, what later, and in which order; by a clock that tests move.</summary>
public class StatusAgendaTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly StatusAgenda _agenda;
    private readonly Dictionary<string, MirroredObject> _items = [];

    public StatusAgendaTests() => _agenda = new StatusAgenda(_time);

    [Fact]
    public void What_was_written_last_comes_first()
    {
        Put("a", 5);
        Put("b", 9);
        Put("c", 7);
        Assert.Equal("b c a", Look("1 of 2"));
    }

    [Fact]
    public void Counts_on_their_way_to_all_are_written_once_a_second()
    {
        Put("a", 1);
        Assert.Equal("a", LookAndWrite("1 of 9"));
        Assert.Equal("", LookAndWrite("2 of 9"));
        Assert.Equal(StatusPace.Progress, _agenda.Wakes);
        _time.Advance(StatusPace.Progress);
        Assert.Equal("a", LookAndWrite("3 of 9"));
        // The last one is another status, and waits for nothing.
        Assert.Equal("a", LookAndWrite("9 of 9"));
    }

    [Fact]
    public void A_complete_count_is_renewed_once_another_one_lasts()
    {
        Put("a", 1);
        Assert.Equal("a", LookAndWrite("2 of 2"));
        Assert.Equal("", LookAndWrite("2 of 2"));
        Assert.Null(_agenda.Wakes);
        // A proxy comes, and has it.
        Assert.Equal("", LookAndWrite("2 of 2", "2 of 3"));
        Assert.Equal(StatusPace.Settled, _agenda.Wakes);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("", LookAndWrite("2 of 2", "3 of 3"));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("", LookAndWrite("2 of 2", "3 of 3"));
        Assert.Equal(TimeSpan.FromSeconds(1), _agenda.Wakes);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", LookAndWrite("2 of 2", "3 of 3"));
        Assert.Equal("3 of 3", Message("a"));
        Assert.Equal("", LookAndWrite("3 of 3"));
        Assert.Null(_agenda.Wakes);
    }

    [Fact]
    public void A_count_that_comes_back_is_not_written()
    {
        Put("a", 1);
        LookAndWrite("2 of 2");
        LookAndWrite("2 of 2", "1 of 1");
        _time.Advance(StatusPace.Settled / 2);
        Assert.Equal("", LookAndWrite("2 of 2"));
        _time.Advance(StatusPace.Settled);
        Assert.Equal("", LookAndWrite("2 of 2"));
        Assert.Null(_agenda.Wakes);
    }

    [Fact]
    public void Proxies_that_come_and_go_for_ever_have_it_renewed_once_a_minute()
    {
        Put("a", 1);
        LookAndWrite("2 of 2");
        Assert.Equal("", LookAndWrite("2 of 2"));
        var written = 0;
        var held = "2 of 2";
        for (var second = 0; second < 600; second += 5)
        {
            if (LookAndWrite(held, $"{second} of {second}") == "a")
            {
                written++;
                held = Message("a");
            }
            _time.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.InRange(written, 8, 10);
    }

    [Fact]
    public void What_somebody_waits_for_comes_before_counts()
    {
        Put("a", 9);
        LookAndWrite("2 of 2");
        LookAndWrite("2 of 2", "3 of 3");
        _time.Advance(StatusPace.Settled);
        Put("b", 1);
        _agenda.Begin();
        _agenda.Consider(Key("a"), _items["a"], Judgement("2 of 2", "3 of 3"));
        _agenda.Consider(Key("b"), _items["b"], Judgement("0 of 3"));
        Assert.Equal(["b", "a"], _agenda.End(_items.Keys.Select(Key).ToHashSet()).Select(static due => due.Key.Name));
    }

    [Theory]
    [InlineData(0, false, 20)]
    [InlineData(15, false, 15)]
    [InlineData(40, false, 40)]
    [InlineData(0, true, 100)]
    [InlineData(30, true, 70)]
    public void A_batch_has_a_pause_behind_it_that_is_no_shorter_than_it_took(int took, bool isRecount, int pause) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(pause),
            StatusPace.PauseAfter(TimeSpan.FromMilliseconds(took), isRecount)
        );

    private static ObjectKey Key(string name) => new("networking.istio.io", "virtualservices", "default", name);

    private void Put(string name, long revision) =>
        _items[name] = new MirroredObject(
            KindCatalogue.Find("networking.istio.io", "VirtualService")!,
            revision,
            1,
            name,
            null,
            null
        );

    private static Judgement Judgement(string held, string? counted = null) =>
        new(Verdict(held), counted is null ? null : Verdict(counted));

    private static Verdict Verdict(string count)
    {
        var numbers = count.Split(" of ");
        var isAll = numbers[0] == numbers[1];
        return new Verdict(
            1,
            [new Condition(Condition.Programmed, isAll, isAll ? "Programmed" : "Pending", count)],
            []
        );
    }

    /// <summary>Names of what is due, in its order.</summary>
    private string Look(string held, string? counted = null) =>
        string.Join(' ', Due(held, counted).Select(static due => due.Key.Name));

    private string LookAndWrite(string held, string? counted = null)
    {
        var due = Due(held, counted);
        foreach (var one in due)
        {
            var item = _items[one.Key.Name];
            _items[one.Key.Name] = item with
            {
                Status = StatusDocument.With(item.Status, one.Verdict, _time.GetUtcNow()),
                Revision = item.Revision + 1,
            };
            _agenda.OnWritten(one);
        }
        return string.Join(' ', due.Select(static one => one.Key.Name));
    }

    private IReadOnlyList<DueStatus> Due(string held, string? counted)
    {
        _agenda.Begin();
        foreach (var (name, item) in _items)
            _agenda.Consider(Key(name), item, Judgement(held, counted));
        return _agenda.End(_items.Keys.Select(Key).ToHashSet());
    }

    private string Message(string name) => (string)_items[name].Status!["conditions"]![0]!["message"]!;
}
