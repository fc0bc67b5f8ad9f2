// SPDX-License-Identifier: Apache-2.0
using CsCheck;
using Lateen.Config.Objects.Selectors;

namespace ControlPlane.Tests.Config.Objects;

public class LabelSelectorTests
{
    /// <summary>Selector, labels, whether they match.</summary>
    public static TheoryData<string, string, bool> Matches =>
        new()
        {
            { "", "", true },
            { "  ", "a=1", true },
            { "app", "app=x", true },
            { "app", "app=", true },
            { "app", "", false },
            { "!app", "", true },
            { "!app", "app=x", false },
            { "! app", "app=x", false },
            { "app=x", "app=x", true },
            { "app==x", "app=x", true },
            { "app = x", "app=x", true },
            { "app=x", "app=X", false },
            { "app=x", "", false },
            { "app=", "app=", true },
            { "app=", "", false },
            { "app=,b=1", "app=,b=1", true },
            { "app!=x", "app=y", true },
            { "app!=x", "app=x", false },
            { "app!=x", "", true }, // an absent label is another one
            { "app in (x,y)", "app=y", true },
            { "app in (x, y)", "app=z", false },
            { "app in (x)", "", false },
            { "app in ()", "app=", true }, // one value, the empty one
            { "app in (x,)", "app=", true },
            { "app notin (x,y)", "app=x", false },
            { "app notin (x,y)", "app=z", true },
            { "app notin (x,y)", "", true },
            { "app notin(x)", "app=y", true },
            { "n>1", "n=2", true },
            { "n>1", "n=1", false },
            { "n<1", "n=0", true },
            { "n < 10", "n=9", true },
            { "n>1", "n=x", false },
            { "n>1", "", false },
            { "a=1,b=2", "a=1,b=2", true },
            { "a=1,b=2", "a=1", false },
            { "a,!b , c in (1)", "a=,c=1", true },
            { "example.com/name=x", "example.com/name=x", true },
            { "in in (in)", "in=in", true }, // keywords are labels too
            { "notin", "notin=1", true },
        };

    public static TheoryData<string> Refused =>
        [
            ",",
            "a,",
            ",a",
            "a b",
            "a===b",
            "=x",
            "!",
            "!a=b",
            "a in",
            "a in x",
            "a in (x",
            "a in (x y)",
            "a in (x))",
            "a>x",
            "a<",
            "a=x y",
            "a=x=y",
            "a==!x",
            "-a",
            "a-",
            "a/b/c",
            "/a",
            "A.B/c",
            "a=-x",
            "a=" + new string('x', 64),
            new string('x', 64),
            "a=é",
            "(a)",
        ];

    [Theory, MemberData(nameof(Matches))]
    public void Selects(string selector, string labels, bool expected)
    {
        var parsed = LabelSelector.Parse(selector, out var problem);
        Assert.Equal("", problem);
        var map = labels
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('='))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);
        Assert.Equal(expected, parsed!.Matches(key => map.GetValueOrDefault(key)));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Says_what_is_wrong_and_where(string selector)
    {
        Assert.Null(LabelSelector.Parse(selector, out var problem));
        Assert.Contains($"of \"{selector}\"", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_a_selector_or_a_problem() =>
        Gen.String[Gen.Char["ab1=!(),<>in ot/.-\"\\\u00e9\n"], 0, 30]
            .Sample(static text =>
            {
                var parsed = LabelSelector.Parse(text, out var problem);
                Assert.Equal(parsed is null, problem.Length > 0);
                parsed?.Matches(static _ => "a");
            });

    /// <summary>What a selector says is what its parts say together.</summary>
    [Fact]
    public void Conditions_are_joined() =>
        Gen.Select(s_condition.Array[1, 4], s_labels)
            .Sample(
                (conditions, labels) =>
                {
                    Func<string, string?> find = key => labels.GetValueOrDefault(key);
                    var all = conditions.All(condition => LabelSelector.Parse(condition, out _)!.Matches(find));
                    Assert.Equal(all, LabelSelector.Parse(string.Join(", ", conditions), out _)!.Matches(find));
                }
            );

    /// <summary>Each condition and its opposite: one of them holds.</summary>
    [Fact]
    public void A_condition_or_its_opposite_holds() =>
        Gen.Select(Gen.OneOf<string>("a", "b"), Gen.OneOf<string>("1", "2", "3"), s_labels)
            .Sample(
                (key, value, labels) =>
                {
                    Func<string, string?> find = name => labels.GetValueOrDefault(name);
                    foreach (
                        var (one, other) in new[]
                        {
                            (key, $"!{key}"),
                            ($"{key}={value}", $"{key}!={value}"),
                            ($"{key} in ({value},4)", $"{key} notin ({value},4)"),
                        }
                    )
                        Assert.NotEqual(
                            LabelSelector.Parse(one, out _)!.Matches(find),
                            LabelSelector.Parse(other, out _)!.Matches(find)
                        );
                }
            );

    private static readonly Gen<string> s_condition = Gen.OneOf<string>(
        "a",
        "!a",
        "b",
        "a=1",
        "a!=1",
        "b in (1,2)",
        "b notin (2,3)",
        "a>1",
        "b<3"
    );

    private static readonly Gen<Dictionary<string, string>> s_labels = Gen.Dictionary(
        Gen.OneOf<string>("a", "b"),
        Gen.OneOf<string>("1", "2", "3")
    )[0, 2];
}
