// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Cli;

namespace ControlPlane.Tests.Cli;

public class AnalyzeCommandTests
{
    private const string Sample = "samples/traffic/visibility.yaml";

    [Fact]
    public async Task The_page_on_visibility_shows_what_the_command_says()
    {
        var page = await File.ReadAllTextAsync(
            At("docs/reference/visibility.md"),
            TestContext.Current.CancellationToken
        );
        var shown = page.Split($"$ lateen analyze {Sample}\n")[1].Split("```")[0];
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandTable.RunAsync(["analyze", At(Sample)], output, errors);
        Assert.Equal((0, "3 findings\n"), (code, errors.ToString()));
        Assert.Equal(shown, output.ToString().Replace(At(Sample), Sample, StringComparison.Ordinal));
    }

    private static string At(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", path));
}
