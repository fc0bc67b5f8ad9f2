// SPDX-License-Identifier: Apache-2.0
using Lateen.Agent;
using Lateen.Core;
using Microsoft.Extensions.Time.Testing;

namespace DataPlane.Tests.Agent;

public sealed class ConsoleLogTests
{
    [Fact]
    public void Lines_are_istios_and_levels_are_by_scope()
    {
        var levels = new LogLevels(LogLevel.Info, ["xds", "dns"]);
        using var text = new StringWriter { NewLine = "\n" };
        var log = new ConsoleLog(
            text,
            levels,
            new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
        );
        log.Write(LogLevel.Debug, "xds", "left out");
        log.Write(LogLevel.Warn, "xds", "one");
        Assert.Null(
            levels.Set([KeyValuePair.Create("dns", LogLevel.Debug), KeyValuePair.Create("xds", LogLevel.Error)])
        );
        log.Write(LogLevel.Debug, "dns", "two");
        log.Write(LogLevel.Warn, "xds", "left out");
        log.Write(LogLevel.Debug, "undeclared", "three");
        Assert.Equal(
            "2026-01-02T03:04:05.000000Z\twarn\txds\tone\n"
                + "2026-01-02T03:04:05.000000Z\tdebug\tdns\ttwo\n"
                + "2026-01-02T03:04:05.000000Z\tdebug\tundeclared\tthree\n",
            text.ToString()
        );
    }
}
