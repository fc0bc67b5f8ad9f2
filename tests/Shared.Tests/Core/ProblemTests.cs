// SPDX-License-Identifier: Apache-2.0
using Lateen.Core;

namespace Shared.Tests.Core;

public sealed class ProblemTests
{
    public static TheoryData<string, string, string, string?, string> Lines =>
        new()
        {
            {
                "mesh.yaml",
                "VirtualService shop/cart",
                "http[2].weight",
                "write 0 to 100",
                "mesh.yaml:7:3: VirtualService shop/cart, http[2].weight: is 120; write 0 to 100 (LT0102)"
            },
            {
                "mesh.yaml",
                "VirtualService shop/cart",
                "",
                null,
                "mesh.yaml:7:3: VirtualService shop/cart: is 120 (LT0102)"
            },
            { "mesh.yaml", "", "weight", null, "mesh.yaml:7:3: weight: is 120 (LT0102)" },
            { "", "", "", "remove it", "is 120; remove it (LT0102)" },
        };

    [Theory, MemberData(nameof(Lines))]
    public void A_problem_is_one_line_that_names_place_resource_field_and_fix(
        string source,
        string subject,
        string field,
        string? fix,
        string line
    ) =>
        Assert.Equal(
            line,
            new Problem(
                "LT0102",
                Severity.Error,
                new SourceLocation(source, 7, 3),
                subject,
                field,
                "is 120",
                fix
            ).ToString()
        );

    [Theory]
    [InlineData(0, 0, "f.yaml")]
    [InlineData(4, 0, "f.yaml:4")]
    [InlineData(4, 9, "f.yaml:4:9")]
    public void A_place_says_what_is_known_of_it(int line, int column, string text) =>
        Assert.Equal(text, new SourceLocation("f.yaml", line, column).ToString());
}
