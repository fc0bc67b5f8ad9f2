// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses;
using Lateen.ControlPlane.Statuses.Sharing;

namespace ControlPlane.Tests.Statuses;

/// <summary>What a control plane tells of its proxies, and what another one makes of it.</summary>
public class ProxyGroupTests
{
    private static readonly ObjectKey s_route = new("networking.istio.io", "virtualservices", "default", "r");
    private static readonly ObjectKey s_service = new("", "services", "default", "s");

    /// <summary>Needed; told all of; not acknowledged from, to and whether that is a refusal; has it, refuses it.</summary>
    public static TheoryData<int, int, int, int, bool, bool, bool> Spans =>
        new()
        {
            { 5, 5, 0, 0, false, true, false },
            { 5, 4, 0, 0, false, false, false },
            { 5, 9, 5, 9, false, false, false }, // its answer is awaited
            { 5, 9, 6, 9, false, true, false }, // what is awaited came later
            { 5, 9, 3, 4, false, true, false }, // or earlier
            { 5, 9, 5, 5, true, false, true },
            { 5, 9, 6, 6, true, true, false },
            { 5, 4, 4, 4, true, false, false },
            { 1, 9, 1, 9, false, false, false }, // one that has just connected
        };

    [Theory, MemberData(nameof(Spans))]
    public void Proxies_have_what_they_were_told_and_acknowledged(
        int needed,
        int pushed,
        int first,
        int last,
        bool isRefused,
        bool has,
        bool refuses
    )
    {
        var history = new ConfigHistory();
        var horizon = StoreHorizon.None;
        for (var revision = 1; revision <= 9; revision++)
            history.Record(revision, horizon = horizon.With(s_route, 100 + revision));
        var open =
            first == 0 ? Array.Empty<OpenSpan>() : [new(history.TakenBy(first - 1), history.TakenBy(last), isRefused)];
        var group = new ProxyGroup(3, history.TakenBy(pushed), open, ["p: no"]);
        // As another control plane reads it.
        var report = ProgressText.Read(ProgressText.Write(new ProgressReport([group])))!;
        Assert.Equal(3, report.Proxies);
        Assert.Equal(["p: no"], report.Groups[0].Refusals);
        Assert.Equal(has, report.Groups[0].Has(StoreHorizon.None.With(s_route, 100 + needed), out var refused));
        Assert.Equal(refuses, refused);
    }

    [Fact]
    public void A_list_covers_what_was_written_before_it_and_asks_for_nothing()
    {
        var listed = StoreHorizon.None with { Listed = 50 };
        Assert.True(listed.Covers(StoreHorizon.None.With(s_route, 50)));
        Assert.False(listed.Covers(StoreHorizon.None.With(s_route, 51)));
        Assert.True(StoreHorizon.None.With(s_route, 40).Covers(listed));
    }

    [Fact]
    public void Kinds_come_in_orders_of_their_own()
    {
        var seen = StoreHorizon.None.With(s_route, 90);
        Assert.False(seen.Covers(StoreHorizon.None.With(s_service, 80)));
        Assert.True(seen.With(s_service, 80).Covers(StoreHorizon.None.With(s_service, 80).With(s_route, 90)));
        Assert.Same(seen, seen.With(s_route, 70));
    }

    [Fact]
    public void A_status_is_taken_in_without_a_revision_of_its_own()
    {
        var history = new ConfigHistory();
        history.Record(1, StoreHorizon.None.With(s_route, 10));
        history.Record(1, StoreHorizon.None.With(s_route, 11));
        Assert.True(history.TakenBy(1).Covers(StoreHorizon.None.With(s_route, 11)));
        Assert.True(StoreHorizon.None.With(s_route, 10).Covers(history.NeededFor(1)));
        Assert.Equal(StoreHorizon.None, history.TakenBy(0));
    }

    [Fact]
    public void What_is_forgotten_of_the_history_needs_more_and_gives_less()
    {
        var history = new ConfigHistory();
        for (var revision = 1; revision <= 5000; revision++)
            history.Record(revision, StoreHorizon.None.With(s_route, revision));
        Assert.Equal(StoreHorizon.None, history.TakenBy(1));
        Assert.False(StoreHorizon.None.With(s_route, 1).Covers(history.NeededFor(1)));
        Assert.Equal(5000, history.TakenBy(6000).Seen.Values.Single());
    }
}
