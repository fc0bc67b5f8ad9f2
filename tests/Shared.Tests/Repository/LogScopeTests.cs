// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Lateen.Agent;

namespace Shared.Tests.Repository;

public sealed partial class LogScopeTests
{
    /// <summary>A scope that is not declared could not be set by <c>POST /logging</c>.</summary>
    [Fact]
    public void Every_scope_that_the_data_plane_logs_under_is_declared() =>
        Assert.Equal(
            ProxyProcess.LogScopes,
            new[] { "src/Lateen.Agent", "src/Lateen.Proxy", "src/Lateen.ProxyHost" }
                .SelectMany(static folder => Checkout.Files(folder, "*.cs"))
                .SelectMany(static file => Write().Matches(Checkout.Read(file)))
                .Select(static match => match.Groups["scope"].Value)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    [GeneratedRegex("""\.Write\(\s*LogLevel\.\w+,\s*"(?<scope>\w+)""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Write();
}
