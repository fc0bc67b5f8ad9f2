// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Decoding;
using Lateen.ControlPlane.LocalMesh;

namespace ControlPlane.Tests.LocalMesh;

/// <summary>Which replicas there are, by which numbers, from one configuration to the next.</summary>
public class ReplicaPlanTests
{
    [Fact]
    public void At_the_start_they_are_numbered_in_order() =>
        Assert.Equal("a-1=1 a-2=2 b-1=3", Text(Plan([], Workload("b"), Workload("a", replicas: 2))));

    [Fact]
    public void Those_that_run_keep_their_numbers()
    {
        var before = Plan([], Workload("a", replicas: 2), Workload("b"));
        Assert.Equal(
            "a-1=1 a-2=2 a-3=4 b-1=3",
            Text(Plan(before, Workload("a", replicas: 3, more: "env: {A: b}"), Workload("b")))
        );
        // A number of one that went is not the next one's: clients may still know it.
        Assert.Equal("0-1=4 a-1=1 b-1=3", Text(Plan(before, Workload("0"), Workload("a"), Workload("b"))));
        Assert.Equal("b-1=3", Text(Plan(before, Workload("b"))));
        Assert.Equal("", Text(Plan(before)));
    }

    [Fact]
    public void A_gateway_is_another_than_a_program_of_the_name()
    {
        var before = Plan([], Workload("a"));
        Assert.Equal("a-1=2", Text(Plan(before, Gateway("a"))));
    }

    [Fact]
    public void Numbers_are_used_again_once_there_are_no_others()
    {
        var all = Plan([], Workload("a", replicas: 200), Workload("b", replicas: 54));
        Assert.Equal(254, all[^1].Number);
        var fewer = Plan(all, Workload("a", replicas: 1), Workload("b", replicas: 54));
        var next = Plan(fewer, Workload("a", replicas: 3), Workload("b", replicas: 54));
        Assert.Equal([1, 2, 3], next.Take(3).Select(static replica => replica.Number));
        Assert.Throws<ConfigurationException>(() =>
            Plan(all, Workload("a", replicas: 200), Workload("b", replicas: 55))
        );
        // There would be room, but not before those that run are gone.
        var waits = Assert.Throws<ConfigurationException>(() => Plan(all, Workload("c")));
        Assert.StartsWith("c-1 has to wait: ", waits.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("ports: {http: 80, more: 81}", true)]
    [InlineData("ports: {http: 82}", false)]
    [InlineData("env: {A: c}", false)]
    [InlineData("labels: {app: other}", false)]
    [InlineData("serviceAccount: other", false)]
    [InlineData("workingDirectory: other", false)]
    public void Processes_go_on_while_all_they_were_started_with_is_the_same(string change, bool isSame)
    {
        const string Usual = "ports: {http: 80}";
        var before = Plan([], Workload("a", more: Usual));
        var after = Plan(
            before,
            Workload(
                "a",
                more: change.Length == 0 ? Usual
                    : change.StartsWith("ports", StringComparison.Ordinal) ? change
                    : $"{Usual}, {change}"
            )
        );
        Assert.Equal(isSame, before[0].StartedWith == after[0].StartedWith);
    }

    private static IReadOnlyList<Replica> Plan(IReadOnlyList<Replica> running, params string[] workloads)
    {
        var read = ResourceDecoder.Decode("workloads.yaml", string.Join("\n---\n", workloads));
        Assert.Empty(read.Problems);
        return ReplicaPlan.Of(new ConfigSnapshot(1, read.Resources, []), running);
    }

    private static string Text(IEnumerable<Replica> replicas) =>
        string.Join(' ', replicas.Select(static replica => $"{replica.Name}={replica.Number}"));

    private static string Workload(string name, int replicas = 1, string more = "labels: {}") =>
        $"{{apiVersion: lateen.io/v1alpha1, kind: Workload, metadata: {{name: '{name}'}}, spec: {{command: [x], replicas: {replicas}, {more}}}}}";

    private static string Gateway(string name) =>
        $"{{apiVersion: lateen.io/v1alpha1, kind: Workload, metadata: {{name: {name}}}, spec: {{gateway: true}}}}";
}
