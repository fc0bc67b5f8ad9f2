// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace DataPlane.Tests.Floods;

/// <summary>
/// Each flood upon a serving proxy: it is refused and counted, memory stays within bounds, a neighbour is served, and
/// afterwards everything is as it was before.
/// </summary>
public sealed class FloodTests(FloodFixture fixture) : IClassFixture<FloodFixture>
{
    private const long MostMemory = 64 << 20;

    public static TheoryData<string> Names => [.. Attacks.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_flood_is_refused_and_nobody_suffers(string name)
    {
        var attack = Attacks.All[name];
        var proxy = fixture.Proxy;
        await SettleAsync();
        var before = await proxy.StatsAsync();
        var descriptors = proxy.Descriptors();
        var resident = proxy.Resident();
        using (var neighbour = new Neighbour(fixture.Http))
        {
            neighbour.WaitForAnswers(5);
            proxy.ForgetMostResident();
            await Task.Run(() => attack.Run(fixture), TestContext.Current.CancellationToken);
            neighbour.WaitForAnswers(5);
            await fixture.Proxy.UntilAsync(
                stats => attack.Refusals.All(refusal => Grown(stats, before, refusal.Stat) >= refusal.Least),
                stats =>
                    string.Join(", ", attack.Refusals.Select(r => $"{Name(r.Stat)}: {Grown(stats, before, r.Stat)}"))
            );
            neighbour.AssertServed();
        }
        fixture.Drop();
        Assert.InRange(proxy.MostResident() - resident, long.MinValue, MostMemory);
        await SettleAsync();
        await fixture.Proxy.UntilAsync(
            _ => proxy.Descriptors() <= descriptors + attack.KeptDescriptors,
            _ => $"{proxy.Descriptors() - descriptors} more descriptors"
        );
    }

    /// <summary>Waits until nobody is connected, on either side, and nothing is left of those who were.</summary>
    private Task SettleAsync() =>
        fixture.Proxy.UntilAsync(
            static stats => stats.All(static stat => !IsActive(stat.Key) || stat.Value == 0),
            static stats => string.Join(", ", stats.Where(static stat => IsActive(stat.Key) && stat.Value != 0))
        );

    private static bool IsActive(string stat) =>
        stat.EndsWith("cx_active", StringComparison.Ordinal)
        || stat.EndsWith("rq_active", StringComparison.Ordinal)
        || stat.EndsWith("streams_active", StringComparison.Ordinal)
        || stat.EndsWith("pending_send_bytes", StringComparison.Ordinal)
        || stat is "lateen.timers_armed" or "lateen.buffers_rented";

    private long Grown(
        IReadOnlyDictionary<string, long> stats,
        IReadOnlyDictionary<string, long> before,
        string stat
    ) => stats.GetValueOrDefault(Name(stat)) - before.GetValueOrDefault(Name(stat));

    private string Name(string stat) =>
        stat.Replace(
            "LIMITED",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1_{fixture.Limited.Port}"),
            StringComparison.Ordinal
        );
}
