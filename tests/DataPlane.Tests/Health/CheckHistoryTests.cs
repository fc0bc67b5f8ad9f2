// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Lateen.Net;
using Lateen.Proxy.Clusters;
using Lateen.Proxy.Health.Checks;

namespace DataPlane.Tests.Health;

/// <summary>
/// Which outcomes in a row change an endpoint's health. Outcomes: <c>p</c> passed, <c>d</c> degraded, <c>f</c> an answer that
/// says no, <c>r</c> a retriable one, <c>n</c> no connection, <c>t</c> no answer in time. After each: <c>H</c> healthy or
/// <c>U</c> unhealthy, with <c>!</c> for a change and <c>?</c> for one that is pending.
/// </summary>
public sealed class CheckHistoryTests
{
    private static readonly HealthCheckSpec s_spec = new()
    {
        Probe = new TcpProbeSpec(),
        Timeout = TimeSpan.FromSeconds(1),
        Interval = TimeSpan.FromSeconds(1),
        UnhealthyThreshold = 3,
        HealthyThreshold = 2,
    };

    public static TheoryData<string, string> Sequences =>
        new()
        {
            { "p", "H!" }, // the first check counts at once
            { "p p", "H! H" },
            { "n", "U" },
            { "n p", "U U?" }, // the first one only
            { "n p p", "U U? H!" },
            { "n p n p p", "U U? U U? H!" },
            { "p n n n", "H! H? H? U!" },
            { "p n n p n n", "H! H? H? H H? H?" }, // a success begins again
            { "p t n t", "H! H? H? U!" },
            { "p f", "H! U!" }, // an answer that says no is no accident
            { "p r r r", "H! H? H? U!" },
            { "p r n r", "H! H? H? U!" },
            { "p n f", "H! H? U!" },
            { "p f p p n n", "H! U! U? H! H? H?" },
            { "d", "H!" },
            { "p d d p", "H! H! H H!" },
            { "n d d", "U U? H!" }, // degraded or not, it takes two
        };

    [Theory, MemberData(nameof(Sequences))]
    public void Outcomes_in_a_row_decide(string outcomes, string expected)
    {
        var endpoint = NewEndpoint();
        var history = new CheckHistory(s_spec);
        var seen = outcomes
            .Split(' ')
            .Select(outcome =>
            {
                var verdict = Play(history, endpoint, outcome);
                var health = (endpoint.Flags & HealthFlags.FailedActiveCheck) == HealthFlags.None ? "H" : "U";
                return health + Mark(verdict.Transition);
            });
        Assert.Equal(expected, string.Join(' ', seen));
    }

    [Fact]
    public void A_failure_by_timeout_is_told_apart_for_as_long_as_it_is_the_last()
    {
        var endpoint = NewEndpoint();
        var history = new CheckHistory(s_spec);
        Play(history, endpoint, "t");
        Assert.True(endpoint.Flags.HasFlag(HealthFlags.ActiveCheckTimeout));
        Play(history, endpoint, "n");
        Assert.False(endpoint.Flags.HasFlag(HealthFlags.ActiveCheckTimeout));
        Play(history, endpoint, "t");
        Play(history, endpoint, "p");
        Assert.True(endpoint.Flags.HasFlag(HealthFlags.ActiveCheckTimeout)); // unhealthy still
        Play(history, endpoint, "p");
        Assert.Equal(HealthFlags.None, endpoint.Flags);
    }

    [Theory]
    [InlineData("p")]
    [InlineData("n")]
    public void The_first_check_makes_an_endpoint_count_whatever_it_says(string outcome)
    {
        var endpoint = NewEndpoint();
        endpoint.SetFlags(HealthFlags.PendingActiveCheck);
        var verdict = Play(new CheckHistory(s_spec), endpoint, outcome);
        Assert.Equal(HealthTransition.Changed, verdict.Transition);
        Assert.False(endpoint.Flags.HasFlag(HealthFlags.PendingActiveCheck));
    }

    [Fact]
    public void An_endpoint_that_asked_to_be_left_alone_comes_back_by_checks_alone()
    {
        var endpoint = NewEndpoint();
        var history = new CheckHistory(s_spec);
        Play(history, endpoint, "p");
        endpoint.SetFlags(HealthFlags.FailedActiveCheck | HealthFlags.ExcludedByImmediateFailure);
        Play(history, endpoint, "p");
        Assert.Equal(HealthFlags.FailedActiveCheck | HealthFlags.ExcludedByImmediateFailure, endpoint.Flags);
        Play(history, endpoint, "p");
        Assert.Equal(HealthFlags.None, endpoint.Flags);
    }

    public static TheoryData<string, bool, string> Events =>
        new()
        {
            { "p p", false, "AddHealthy None" },
            { "p p", true, "AddHealthy Success" },
            { "n n", false, "Failure None" }, // of a first check always
            { "n n", true, "Failure Failure" },
            { "p n n n", false, "AddHealthy None None EjectUnhealthy" },
            { "p f", true, "AddHealthy EjectUnhealthy,Failure" },
            { "d p", false, "AddHealthy,Degraded NoLongerDegraded" },
        };

    [Theory, MemberData(nameof(Events))]
    public void Logs_are_told_what_changes_and_the_rest_where_they_ask(string outcomes, bool always, string expected)
    {
        var endpoint = NewEndpoint();
        var history = new CheckHistory(s_spec with { AlwaysLogsFailures = always, AlwaysLogsSuccesses = always });
        var seen = outcomes.Split(' ').Select(outcome => Play(history, endpoint, outcome).Events.ToString());
        Assert.Equal(
            expected,
            string.Join(' ', seen.Select(static events => events.Replace(" ", "", StringComparison.Ordinal)))
        );
    }

    private static EndpointState NewEndpoint()
    {
        var endpoint = new EndpointState(new ClusterState("c", 1), NetAddress.From(IPAddress.Loopback, 1));
        endpoint.SetFlags(HealthFlags.FailedActiveCheck);
        return endpoint;
    }

    private static CheckVerdict Play(CheckHistory history, EndpointState endpoint, string outcome) =>
        outcome switch
        {
            "p" => history.OnSuccess(endpoint, degraded: false),
            "d" => history.OnSuccess(endpoint, degraded: true),
            "f" => history.OnFailure(endpoint, CheckFailure.Active),
            "r" => history.OnFailure(endpoint, CheckFailure.Active, retriable: true),
            "n" => history.OnFailure(endpoint, CheckFailure.Network),
            _ => history.OnFailure(endpoint, CheckFailure.NetworkTimeout),
        };

    private static string Mark(HealthTransition transition) =>
        transition switch
        {
            HealthTransition.Changed => "!",
            HealthTransition.Pending => "?",
            _ => "",
        };
}
