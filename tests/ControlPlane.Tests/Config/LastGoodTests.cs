// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

public class LastGoodTests
{
    private const string Rules = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews}
        spec: {host: reviews, subsets: [{name: v1}, {name: v3}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        spec: {ports: [{name: http, port: 9080}], selector: {app: reviews}}
        """;

    private readonly ConfigAssembler _assembler = new();

    public static TheoryData<string, string> BadEdits =>
        new()
        {
            {
                Routes("v1").Replace("hosts:", "hostz:", StringComparison.Ordinal),
                "routes.yaml:5:8: VirtualService default/reviews, spec.hostz: there is no such field; did you mean hosts? (LT0105)"
            },
            {
                Routes("v1").Replace("weight: 1", "weight: -1", StringComparison.Ordinal),
                "routes.yaml:5:93: VirtualService default/reviews, spec.http[0].route[0].weight: -1 must be at least 0; write a number at least 0 (LT0202)"
            },
            { Routes("v1") + "}", "routes.yaml:5:99: the file is no YAML: " },
        };

    [Theory]
    [MemberData(nameof(BadEdits))]
    public void A_bad_edit_gives_one_message_and_changes_nothing_and_its_correction_is_taken_up(
        string edit,
        string message
    )
    {
        Assert.Empty(Assemble(Routes("v1")).Problems);
        var refused = Assemble(edit);
        var text = Assert.Single(refused.Problems).ToString();
        Assert.StartsWith(message, text, StringComparison.Ordinal);
        Assert.Equal("v1", SubsetInForce(refused));
        var corrected = Assemble(Routes("v3"));
        Assert.Empty(corrected.Problems);
        Assert.Equal("v3", SubsetInForce(corrected));
    }

    [Fact]
    public void What_was_never_good_is_not_in_force()
    {
        var snapshot = Assemble(Routes("v1").Replace("hosts:", "hostz:", StringComparison.Ordinal));
        Assert.Single(snapshot.Problems);
        Assert.Empty(snapshot.Of<VirtualService>());
    }

    [Fact]
    public void A_route_to_what_nobody_defines_is_told_and_in_force()
    {
        Assert.Empty(Assemble(Routes("v1")).Problems);
        var unknown = Assemble(Routes("v9"));
        Assert.Equal(
            "Warning routes.yaml:1:1: VirtualService default/reviews, spec.http[0].route[0].destination.subset: no DestinationRule for reviews.default.svc.cluster.local defines the subset \"v9\": requests there get 503 (NC); define the subset or route to one that exists (LT0301)",
            Assert.Single(unknown.Problems.Select(static problem => $"{problem.Severity} {problem}"))
        );
        Assert.Equal("v9", SubsetInForce(unknown));
        // Its rule goes altogether: it is another matter now.
        var unruled = _assembler.Assemble(
            new Dictionary<string, string>
            {
                ["rules.yaml"] = Rules[Rules.IndexOf("---", StringComparison.Ordinal)..],
                ["routes.yaml"] = Routes("v9"),
            }
        );
        Assert.Equal(
            "Warning routes.yaml:1:1: VirtualService default/reviews, spec.http[0].route[0].destination.subset: there is no DestinationRule for reviews.default.svc.cluster.local that could define the subset \"v9\": until there is, requests there get 503 (NC); define the subset in a DestinationRule of the host (LT0312)",
            Assert.Single(unruled.Problems.Select(static problem => $"{problem.Severity} {problem}"))
        );
        Assert.Equal("v9", SubsetInForce(unruled));
        // The subset comes, and the route is as good as any.
        var defined = _assembler.Assemble(
            new Dictionary<string, string>
            {
                ["rules.yaml"] = Rules.Replace("name: v3", "name: v9", StringComparison.Ordinal),
                ["routes.yaml"] = Routes("v9"),
            }
        );
        Assert.Empty(defined.Problems);
        Assert.Same(Assert.Single(unknown.Of<VirtualService>()), Assert.Single(defined.Of<VirtualService>()));
    }

    /// <summary>Rules may be for all hosts below a name; those of a closer name hide them. Copies and other protocols lead somewhere too.</summary>
    [Theory]
    [InlineData("reviews", "[{name: v1}]", "")]
    [InlineData("'*.default.svc.cluster.local'", "[{name: v1}]", "")]
    [InlineData("'*'", "[{name: v1}]", "")]
    [InlineData("'*.local'", "[{name: v2}]", "LT0301")]
    [InlineData("'*.other.svc.cluster.local'", "[{name: v1}]", "LT0312")]
    [InlineData("reviews", "[]", "LT0301")]
    public void Subsets_are_those_of_the_closest_rules(string host, string subsets, string code)
    {
        foreach (
            var route in new[]
            {
                "http: [{route: [{destination: {host: reviews, subset: v1}}]}]",
                "http: [{route: [{destination: {host: reviews}}], mirror: {host: reviews, subset: v1}}]",
                "http: [{route: [{destination: {host: reviews}}], mirrors: [{destination: {host: reviews, subset: v1}}]}]",
                "tcp: [{route: [{destination: {host: reviews, subset: v1}}]}]",
                "tls: [{match: [{sniHosts: [reviews]}], route: [{destination: {host: reviews, subset: v1}}]}]",
            }
        )
        {
            var snapshot = new ConfigAssembler().Assemble(
                new Dictionary<string, string>
                {
                    ["rules.yaml"] =
                        $"{Rules[(Rules.IndexOf("---", StringComparison.Ordinal) + 3)..]}\n---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: a}}\nspec: {{host: {host}, subsets: {subsets}}}",
                    ["routes.yaml"] =
                        $"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: a}}\nspec: {{hosts: [reviews], {route}}}",
                }
            );
            var told = snapshot.Problems.Where(static problem =>
                problem.Field.EndsWith("subset", StringComparison.Ordinal)
            );
            Assert.Equal((route, code), (route, string.Join(' ', told.Select(static problem => problem.Code))));
            Assert.Single(snapshot.Of<VirtualService>());
        }
    }

    [Fact]
    public void A_deleted_file_takes_its_resources_along()
    {
        Assemble(Routes("v1"));
        var snapshot = _assembler.Assemble(new Dictionary<string, string> { ["rules.yaml"] = Rules });
        Assert.Empty(snapshot.Of<VirtualService>());
        Assert.Single(snapshot.Of<DestinationRule>());
    }

    [Fact]
    public void The_second_definition_of_a_resource_is_refused()
    {
        var snapshot = _assembler.Assemble(
            new Dictionary<string, string> { ["a.yaml"] = Routes("v1") + "\n---\n" + Rules, ["b.yaml"] = Routes("v3") }
        );
        Assert.Equal("LT0107", Assert.Single(snapshot.Problems).Code);
        Assert.Equal("v1", SubsetInForce(snapshot));
    }

    [Fact]
    public async Task A_saved_file_is_in_force_and_a_problem_is_told_once()
    {
        var directory = Directory.CreateTempSubdirectory("lateen-test");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var source = ConfigSource.OfFiles([directory.FullName]);
        var told = System.Threading.Channels.Channel.CreateUnbounded<(ConfigSnapshot, int)>();
        source.Changed += (snapshot, problems) => told.Writer.TryWrite((snapshot, problems.Count));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "rules.yaml"), Rules, stop.Token);
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "routes.yaml"), Routes("v1"), stop.Token);
        await source.StartAsync(stop.Token);
        var running = source.RunAsync(stop.Token);
        Assert.Equal("v1", SubsetInForce((await told.Reader.ReadAsync(stop.Token)).Item1));
        var bad = Routes("v9").Replace("hosts:", "hostz:", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "routes.yaml"), bad, stop.Token);
        // An editor's steps may be seen one by one; the last one has the problem.
        ConfigSnapshot snapshot;
        do (snapshot, _) = await told.Reader.ReadAsync(stop.Token);
        while (snapshot.Problems.Count == 0);
        Assert.Equal("v1", SubsetInForce(snapshot));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "more.yaml"), "# nothing", stop.Token);
        Assert.Equal(0, (await told.Reader.ReadAsync(stop.Token)).Item2);
        await stop.CancelAsync();
        await running;
        directory.Delete(recursive: true);
    }

    private ConfigSnapshot Assemble(string routes) =>
        _assembler.Assemble(new Dictionary<string, string> { ["rules.yaml"] = Rules, ["routes.yaml"] = routes });

    private static string Routes(string subset) =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
            spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: {{subset}}}, weight: 1}]}]}
            """;

    private static string SubsetInForce(ConfigSnapshot snapshot) =>
        Assert.Single(snapshot.Of<VirtualService>()).Spec.Http[0].Route[0].Destination.Subset;
}
