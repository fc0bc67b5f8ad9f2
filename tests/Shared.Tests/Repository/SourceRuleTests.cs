// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Shared.Tests.Repository;

public sealed partial class SourceRuleTests
{
    private const int MaxLines = 500;
    private const string Header = "// SPDX-License-Identifier: Apache-2.0";

    [Fact]
    public void Every_source_file_says_its_licence_first() =>
        Assert.Empty(Checkout.SourceFiles().Where(static file => FirstLine(file) != Header).ToArray());

    [Fact]
    public void No_source_file_is_a_hub() =>
        Assert.Empty(
            Checkout
                .SourceFiles()
                .Select(static file => (file, lines: Checkout.Read(file).Count(static c => c == '\n')))
                .Where(static file => file.lines > MaxLines)
                .ToArray()
        );

    [Fact]
    public void Only_Lateen_Net_is_unsafe()
    {
        Assert.Equal(
            ["src/Lateen.Net/Lateen.Net.csproj"],
            Checkout
                .Files("src", "*.csproj")
                .Where(static project => Checkout.Read(project).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
        );
        Assert.Empty(
            Checkout
                .Files("src", "*.cs")
                .Where(static file => !file.StartsWith("src/Lateen.Net/", StringComparison.Ordinal))
                .Where(static file => UnsafeAccess().IsMatch(Checkout.Read(file)))
                .ToArray()
        );
    }

    [Fact]
    public void Every_proto_file_says_its_licence_first() =>
        Assert.Empty(Checkout.Files("protos", "*.proto").Where(static file => FirstLine(file) != Header).ToArray());

    private static string FirstLine(string file) => Checkout.Read(file).Split('\n')[0].TrimStart('\uFEFF');

    [GeneratedRegex(@"\bUnsafe(Accessor)?\.\w", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex UnsafeAccess();
}
