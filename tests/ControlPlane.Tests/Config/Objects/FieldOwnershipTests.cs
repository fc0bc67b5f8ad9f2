// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CsCheck;
using Lateen.Config.Objects.ManagedFields;
using Lateen.Config.Objects.Shapes;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Objects;

/// <summary>
/// Who owns what after a series of writes. A step is <c>manager: object</c> (updates), <c>manager+ object</c> (applies) or
/// <c>manager! object</c> (applies with force), on a Service without its envelope.
/// </summary>
public class FieldOwnershipTests
{
    private static readonly ObjectShape s_shape = KindShapes.Of(KindCatalogue.Find("", "Service")!);
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Steps, the object at the end, and each manager's fields.</summary>
    public static TheoryData<string[], string, string[]> Rows =>
        new()
        {
            // Whoever creates owns everything, containers too.
            {
                ["""ann: {"spec":{"type":"A","externalIPs":["1"]}}"""],
                """{"spec":{"type":"A","externalIPs":["1"]}}""",
                ["ann: .spec .spec.externalIPs .spec.type"]
            },
            // Whoever updates takes what it changes.
            {
                ["""ann: {"spec":{"type":"A","clusterIP":"x"}}""", """bob: {"spec":{"type":"B","clusterIP":"x"}}"""],
                """{"spec":{"type":"B","clusterIP":"x"}}""",
                ["ann: .spec .spec.clusterIP", "bob: .spec.type"]
            },
            // What is removed is nobody's.
            {
                ["""ann: {"spec":{"type":"A","clusterIP":"x"}}""", """bob: {"spec":{"clusterIP":"x"}}"""],
                """{"spec":{"clusterIP":"x"}}""",
                ["ann: .spec .spec.clusterIP"]
            },
            // Appliers own what they say, and no containers.
            {
                ["""ann+ {"spec":{"type":"A"},"metadata":{"labels":{"a":"1"}}}"""],
                """{"spec":{"type":"A"},"metadata":{"labels":{"a":"1"}}}""",
                ["ann+ .metadata.labels.a .spec.type"]
            },
            // The same value from two: both own it.
            {
                ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}"""],
                """{"spec":{"type":"A"}}""",
                ["ann+ .spec.type", "bob+ .spec.type"]
            },
            // One of two owners lets go: it stays. Both: it goes, with what is around it.
            {
                ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}""", "bob+ {}"],
                """{"spec":{"type":"A"}}""",
                ["ann+ .spec.type"]
            },
            { ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}""", "bob+ {}", "ann+ {}"], "{}", [] },
            // What an updater owns is not removed by an applier that said it too.
            {
                ["""ann: {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}""", "bob+ {}"],
                """{"spec":{"type":"A"}}""",
                ["ann: .spec .spec.type"]
            },
            // An update takes it from an applier, which then may apply again by force only.
            {
                ["""ann+ {"spec":{"type":"A"}}""", """bob: {"spec":{"type":"B"}}""", """ann! {"spec":{"type":"A"}}"""],
                """{"spec":{"type":"A"}}""",
                ["ann+ .spec.type"]
            },
            // Fields of others that the applier does not speak of stay.
            {
                [
                    """ann+ {"spec":{"type":"A"}}""",
                    """bob+ {"spec":{"clusterIP":"x"}}""",
                    """ann+ {"spec":{"sessionAffinity":"C"}}""",
                ],
                """{"spec":{"clusterIP":"x","sessionAffinity":"C"}}""",
                ["ann+ .spec.sessionAffinity", "bob+ .spec.clusterIP"]
            },
            // Entries of maps are owned one by one.
            {
                [
                    """ann+ {"metadata":{"labels":{"a":"1","b":"2"}}}""",
                    """bob+ {"metadata":{"labels":{"b":"2","c":"3"}}}""",
                    """ann+ {"metadata":{"labels":{"a":"1"}}}""",
                ],
                """{"metadata":{"labels":{"a":"1","b":"2","c":"3"}}}""",
                ["ann+ .metadata.labels.a", "bob+ .metadata.labels.b .metadata.labels.c"]
            },
            {
                ["""ann+ {"metadata":{"labels":{"a":"1"}}}""", """bob+ {"metadata":{"labels":{"c":"3"}}}""", "ann+ {}"],
                """{"metadata":{"labels":{"c":"3"}}}""",
                ["bob+ .metadata.labels.c"]
            },
            // Lists without keys are values.
            {
                ["""ann+ {"spec":{"externalIPs":["1","2"]}}""", """ann+ {"spec":{"externalIPs":["2"]}}"""],
                """{"spec":{"externalIPs":["2"]}}""",
                ["ann+ .spec.externalIPs"]
            },
            // Items with keys are owned one by one; a key that is left out has its default.
            {
                [
                    """ann+ {"spec":{"ports":[{"port":80,"name":"a"}]}}""",
                    """bob+ {"spec":{"ports":[{"port":90,"protocol":"UDP"}]}}""",
                ],
                """{"spec":{"ports":[{"port":80,"name":"a"},{"port":90,"protocol":"UDP"}]}}""",
                [
                    """ann+ .spec.ports[port=80,protocol="TCP"] .spec.ports[port=80,protocol="TCP"].name .spec.ports[port=80,protocol="TCP"].port""",
                    """bob+ .spec.ports[port=90,protocol="UDP"] .spec.ports[port=90,protocol="UDP"].port .spec.ports[port=90,protocol="UDP"].protocol""",
                ]
            },
            {
                [
                    """ann+ {"spec":{"ports":[{"port":80},{"port":81}]}}""",
                    """bob+ {"spec":{"ports":[{"port":90}]}}""",
                    """ann+ {"spec":{"ports":[{"port":81}]}}""",
                ],
                """{"spec":{"ports":[{"port":81},{"port":90}]}}""",
                [
                    """ann+ .spec.ports[port=81,protocol="TCP"] .spec.ports[port=81,protocol="TCP"].port""",
                    """bob+ .spec.ports[port=90,protocol="TCP"] .spec.ports[port=90,protocol="TCP"].port""",
                ]
            },
            {
                [
                    """ann+ {"spec":{"ports":[{"port":80}]}}""",
                    """bob+ {"spec":{"ports":[{"port":80,"name":"b"}]}}""",
                    "ann+ {}",
                ],
                """{"spec":{"ports":[{"port":80,"name":"b"}]}}""",
                [
                    """bob+ .spec.ports[port=80,protocol="TCP"] .spec.ports[port=80,protocol="TCP"].name .spec.ports[port=80,protocol="TCP"].port""",
                ]
            },
            // Sets.
            {
                [
                    """ann+ {"metadata":{"finalizers":["x/a"]}}""",
                    """bob+ {"metadata":{"finalizers":["x/b"]}}""",
                    "ann+ {}",
                ],
                """{"metadata":{"finalizers":["x/b"]}}""",
                ["""bob+ .metadata.finalizers[="x/b"]"""]
            },
            // Identity and what the API sets is nobody's.
            {
                [
                    """ann: {"apiVersion":"v1","kind":"Service","metadata":{"name":"a","uid":"u","generation":1},"spec":{"type":"A"}}""",
                ],
                """{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","uid":"u","generation":1},"spec":{"type":"A"}}""",
                ["ann: .spec .spec.type"]
            },
            // One who applies and updates has a record of each.
            {
                ["""ann+ {"spec":{"type":"A"}}""", """ann: {"spec":{"type":"A","clusterIP":"x"}}"""],
                """{"spec":{"type":"A","clusterIP":"x"}}""",
                ["ann+ .spec.type", "ann: .spec.clusterIP"]
            },
        };

    /// <summary>Steps, and the conflicts that the last one meets.</summary>
    public static TheoryData<string[], string[]> Conflicts =>
        new()
        {
            { ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"B"}}"""], ["ann .spec.type"] },
            { ["""ann: {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"B"}}"""], ["ann .spec.type"] },
            {
                ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}""", """cyd+ {"spec":{"type":"C"}}"""],
                ["ann .spec.type", "bob .spec.type"]
            },
            {
                ["""ann+ {"spec":{"externalIPs":["1"]}}""", """bob+ {"spec":{"externalIPs":["1","2"]}}"""],
                ["ann .spec.externalIPs"]
            },
            {
                [
                    """ann+ {"spec":{"ports":[{"port":80,"name":"a"}]}}""",
                    """bob+ {"spec":{"ports":[{"port":80,"name":"b"}]}}""",
                ],
                ["""ann .spec.ports[port=80,protocol="TCP"].name"""]
            },
            // Co-owners conflict as well when one of them changes its mind.
            {
                ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}""", """ann+ {"spec":{"type":"B"}}"""],
                ["bob .spec.type"]
            },
            // Nothing changes: no conflict.
            { ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"type":"A"}}"""], [] },
            { ["""ann+ {"spec":{"type":"A"}}""", """bob+ {"spec":{"clusterIP":"x"}}"""], [] },
            { ["""ann+ {"spec":{"type":"A"}}""", """bob! {"spec":{"type":"B"}}"""], [] },
        };

    [Theory, MemberData(nameof(Rows))]
    public void Writes_have_owners(string[] steps, string expected, string[] owners)
    {
        var state = new State();
        Assert.All(steps, step => Assert.Empty(state.Do(step)));
        AnyJson.Equal(JsonNode.Parse(expected), state.Object);
        Assert.Equal(owners.Order(StringComparer.Ordinal), state.Owners().Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Conflicts))]
    public void Conflicts_are_told(string[] steps, string[] expected)
    {
        var state = new State();
        Assert.All(steps[..^1], step => Assert.Empty(state.Do(step)));
        var (before, owners) = (state.Object.DeepClone(), state.Owners());
        Assert.Equal(expected, state.Do(steps[^1]));
        if (expected.Length == 0)
            return;
        AnyJson.Equal(before, state.Object);
        Assert.Equal(owners, state.Owners());
    }

    [Fact]
    public void Times_are_those_of_changes()
    {
        var state = new State();
        state.Do("""ann+ {"spec":{"type":"A"}}""");
        state.Do("""bob+ {"spec":{"clusterIP":"x"}}""");
        state.Do("""ann+ {"spec":{"type":"A"}}""");
        Assert.Equal(s_start, state.Records.Single(static record => record.Manager.Name == "ann").Time);
        state.Do("""ann+ {"spec":{"type":"A","sessionAffinity":"C"}}""");
        Assert.Equal(s_start.AddSeconds(3), state.Records.Single(static record => record.Manager.Name == "ann").Time);
    }

    [Fact]
    public void Old_updaters_become_one()
    {
        var state = new State();
        for (var i = 0; i < 15; i++)
            state.Do($"m{i:00}: " + "{\"metadata\":{\"labels\":{" + Labels(i) + "}}}");
        Assert.Equal(FieldOwnership.MaxUpdaters, state.Records.Count);
        var old = state.Records.Single(static record => record.Manager.Name == FieldOwnership.OldManager);
        Assert.True(old.Fields.Contains("f:metadata", "f:labels", "f:l0"));
        Assert.True(old.Fields.Contains("f:metadata", "f:labels", "f:l5"));
        Assert.False(old.Fields.Contains("f:metadata", "f:labels", "f:l14"));
    }

    [Fact]
    public void Records_are_written_and_read()
    {
        var state = new State();
        state.Do("""ann: {"spec":{"type":"A","ports":[{"port":1}]}}""");
        state.Do("""bob+ {"metadata":{"labels":{"a":"1"}}}""");
        var json = ManagedFieldsJson.Write(state.Records);
        Assert.Equal("bob", json[0]!["manager"]!.GetValue<string>()); // appliers first
        Assert.Equal("2026-01-01T00:00:01Z", json[0]!["time"]!.GetValue<string>());
        AnyJson.Equal(json, ManagedFieldsJson.Write(ManagedFieldsJson.Read(json)!));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"manager":"a","operation":"Spam","fieldsType":"FieldsV1","fieldsV1":{}}]""")]
    [InlineData("""[{"manager":"a","operation":"Apply","fieldsType":"X","fieldsV1":{}}]""")]
    [InlineData("""[{"manager":"a","operation":"Apply","fieldsType":"FieldsV1","fieldsV1":{"x":1}}]""")]
    public void What_are_no_records_is_not_read(string json) =>
        Assert.Null(ManagedFieldsJson.Read(JsonNode.Parse(json)));

    /// <summary>Applying once more changes nothing; what is applied is what is there; and nobody owns what is not.</summary>
    [Fact]
    public void Applying_is_idempotent_and_complete() =>
        Gen.Select(s_config, s_config, s_config)
            .Sample(
                static (first, second, third) =>
                {
                    var state = new State();
                    state.Do($"ann: {first}");
                    state.Do($"bob! {second}");
                    state.Do($"cyd! {third}");
                    var (after, owners) = (state.Object.DeepClone(), state.Owners());
                    state.Do($"cyd! {third}");
                    AnyJson.Equal(after, state.Object);
                    Assert.Equal(owners, state.Owners());
                    Assert.Empty(ValuesNotIn(JsonNode.Parse(third)!.AsObject(), state.Object));
                    state.Do("bob+ {}");
                    state.Do("cyd+ {}");
                    Assert.All(state.Records, static record => Assert.Equal("ann", record.Manager.Name));
                }
            );

    private static readonly Gen<string> s_config = Gen.Select(
            Gen.OneOf<string>("", "\"type\":\"A\"", "\"type\":\"B\""),
            Gen.OneOf<string>(
                "",
                "\"ports\":[{\"port\":1}]",
                "\"ports\":[{\"port\":2,\"name\":\"x\"},{\"port\":1,\"name\":\"y\"}]"
            ),
            Gen.OneOf<string>("", "\"externalIPs\":[\"1\"]", "\"externalIPs\":[\"2\"]"),
            Gen.OneOf<string>("", "\"selector\":{\"a\":\"1\"}", "\"selector\":{\"a\":\"2\",\"b\":\"1\"}")
        )
        .Select(
            static (a, b, c, d) =>
                "{\"spec\":{" + string.Join(',', new[] { a, b, c, d }.Where(static part => part.Length > 0)) + "}}"
        );

    private static IEnumerable<string> ValuesNotIn(JsonObject part, JsonObject whole) =>
        part.Where(entry =>
                entry.Value switch
                {
                    JsonObject { Count: 0 } => false,
                    JsonObject inner => whole[entry.Key] is not JsonObject other || ValuesNotIn(inner, other).Any(),
                    JsonArray list => list.Any(item =>
                        !whole[entry.Key]!
                            .AsArray()
                            .Any(other => JsonNode.DeepEquals(item, other) || other is JsonObject)
                    ),
                    _ => !JsonNode.DeepEquals(entry.Value, whole[entry.Key]),
                }
            )
            .Select(static entry => entry.Key);

    private static string Labels(int last) =>
        string.Join(',', Enumerable.Range(0, last + 1).Select(static i => $"\"l{i}\":\"x\""));

    /// <summary>An object with its records; each step takes a second.</summary>
    private sealed class State
    {
        private DateTimeOffset _now = s_start;

        public JsonObject Object { get; private set; } = [];

        public IReadOnlyList<ManagedFieldsEntry> Records { get; private set; } = [];

        /// <summary>The conflicts that the step meets.</summary>
        public IReadOnlyList<string> Do(string step)
        {
            var at = step.IndexOfAny([':', '+', '!']);
            var who = new FieldManager(step[..at], step[at] != ':', "v1", "");
            var body = JsonNode.Parse(step[(at + 1)..])!.AsObject();
            var now = _now;
            _now = _now.AddSeconds(1);
            if (!who.IsApplier)
            {
                Records = FieldOwnership.Update(Records, Object, body, who, s_shape, now);
                Object = body;
                return [];
            }
            var outcome = FieldOwnership.Apply(Records, Object, body, who, s_shape, step[at] == '!', now);
            (Object, Records) = (outcome.Object, outcome.Records);
            return outcome
                .Conflicts.Select(static found => $"{found.Owner.Manager.Name} {PathText.Of(found.Path)}")
                .ToList();
        }

        public IReadOnlyList<string> Owners() =>
            Records
                .Select(static record =>
                    $"{record.Manager.Name}{(record.Manager.IsApplier ? '+' : ':')} "
                    + string.Join(' ', record.Fields.Paths().Select(PathText.Of).Order(StringComparer.Ordinal))
                )
                .ToList();
    }
}
