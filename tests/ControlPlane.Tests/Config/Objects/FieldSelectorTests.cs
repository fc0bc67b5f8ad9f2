// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Objects.Selectors;

namespace ControlPlane.Tests.Config.Objects;

public class FieldSelectorTests
{
    public static TheoryData<string, string, string, bool> Matches =>
        new()
        {
            { "", "a", "n", true },
            { "metadata.name=a", "a", "n", true },
            { "metadata.name==a", "a", "n", true },
            { "metadata.name=a", "b", "n", false },
            { "metadata.name!=a", "b", "n", true },
            { "metadata.name!=a", "a", "n", false },
            { "metadata.namespace=n", "a", "n", true },
            { "metadata.namespace!=n,metadata.name=a", "a", "m", true },
            { "metadata.namespace!=n,metadata.name=a", "a", "n", false },
            { "metadata.name=a,metadata.name=b", "a", "n", false },
            { @"metadata.name=a\,b\=c\\", @"a,b=c\", "n", true },
            { "metadata.name=", "", "n", true },
            { ",metadata.name=a,", "a", "n", true },
        };

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "spec.host=a", "by spec.host" },
            { "metadata.labels=a", "by metadata.labels" },
            { "metadata.name", "no condition" },
            { "metadata.name=a=b", "no condition" },
            { @"metadata.name=a\b", "no condition" },
            { @"metadata.name=a\", "no condition" },
            { "=", "by " },
        };

    [Theory, MemberData(nameof(Matches))]
    public void Selects(string selector, string name, string ns, bool expected)
    {
        var parsed = FieldSelector.Parse(selector, out var problem);
        Assert.Equal("", problem);
        Assert.Equal(expected, parsed!.Matches(name, ns));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Says_what_is_wrong(string selector, string expected)
    {
        Assert.Null(FieldSelector.Parse(selector, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata.name=a", "a")]
    [InlineData("metadata.namespace=n,metadata.name=a", "a")]
    [InlineData("metadata.name!=a", null)]
    [InlineData("", null)]
    public void Knows_the_one_name_it_selects(string selector, string? name) =>
        Assert.Equal(name, FieldSelector.Parse(selector, out _)!.Name);
}
