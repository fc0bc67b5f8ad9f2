// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.Durability;

/// <summary>A control plane that is killed while a file is broken, or before it is, and started again: what the file defined stays in force.</summary>
public sealed class KilledWhileBrokenTests : IDisposable
{
    private readonly string _files = Directory.CreateTempSubdirectory("lateen-files").FullName;
    private readonly ServingProcess _plane;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    public KilledWhileBrokenTests()
    {
        _plane = new ServingProcess("--config-dir", _files, "--store", "memory");
    }

    [Fact]
    public async Task What_a_broken_file_defined_is_in_force_after_kill_9_and_a_start()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var stop = limit.Token;
        Write("web.yaml", Service("web", 1));
        Write("other.yaml", Service("other", 1));
        await _plane.StartAsync(stop);
        Write("web.yaml", Service("web", 2));
        await InForceAsync("other 1, web 2", stop);
        // What came before is kept when the next change is told.
        Write("web.yaml", Service("web", 3) + "\n  ]");
        await SaysAsync("web.yaml:", "(LT0101)", stop);
        _plane.Kill();
        // Broken while nobody runs.
        Write("other.yaml", Service("other", 2).Replace("ports", "portz", StringComparison.Ordinal));

        await _plane.StartAsync(stop);
        await InForceAsync("other 1, web 2", stop);
        await SaysAsync(
            "web.yaml: Service default/web: stays in force as it was good at ",
            "(LT0101); correct that; ",
            stop
        );
        await SaysAsync(
            "other.yaml: Service default/other: stays in force as it was good at ",
            "(LT0105); correct that; ",
            stop
        );
        Assert.DoesNotContain("LT0114", _plane.Said, StringComparison.Ordinal);

        // Killed at any moment, again and again, while it is started and while files change.
        var random = new Random(1);
        for (var i = 0; i < 3; i++)
        {
            _plane.Kill();
            await _plane.StartAsync("info", stop);
            Write("other.yaml", Service("other", 3 + i));
            // However far it comes.
            for (var spins = random.Next(1 << 20); spins > 0; spins--)
                Thread.SpinWait(10);
        }
        _plane.Kill();
        Write("other.yaml", "{");
        await _plane.StartAsync(stop);
        var other = (await InForceAsync(stop)).Split(", ")[0];
        Assert.Contains(other, Enumerable.Range(1, 5).Select(static version => $"other {version}"));
        await InForceAsync($"{other}, web 2", stop);

        // A copy that is damaged is told, and keeps nothing and nobody up.
        _plane.Kill();
        File.WriteAllText(Path.Combine(_plane.Data, "last-good.db"), "not a database");
        File.Delete(Path.Combine(_plane.Data, "last-good.db-wal"));
        await _plane.StartAsync(stop);
        await SaysAsync("cannot be trusted and is not used", "(LT0115)", stop);
        await InForceAsync("", stop);
        Write("web.yaml", Service("web", 4));
        await InForceAsync("web 4", stop);
    }

    public void Dispose()
    {
        _plane.Dispose();
        _client.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    /// <summary>Whole, as a tool that deploys would.</summary>
    private void Write(string name, string text)
    {
        var draft = Path.Combine(_files, $".{name}");
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(_files, name), overwrite: true);
    }

    private Task InForceAsync(string expected, CancellationToken stop) =>
        ServingControlPlanes.UntilAsync(async () => await InForceAsync(stop) == expected, stop);

    private Task SaysAsync(string first, string then, CancellationToken stop) =>
        ServingControlPlanes.UntilAsync(
            () =>
                Task.FromResult(
                    _plane
                        .Said.Split('\n')
                        .Any(line =>
                            line.Contains(first, StringComparison.Ordinal)
                            && line.Contains(then, StringComparison.Ordinal)
                        )
                ),
            stop
        );

    /// <summary>Names and versions, by name.</summary>
    private async Task<string> InForceAsync(CancellationToken stop)
    {
        var page = JsonNode.Parse(await _client.GetStringAsync(new Uri(_plane.Monitoring, "debug/configz"), stop))!;
        return string.Join(
            ", ",
            page.AsArray()
                .Select(static one => $"{one!["name"]} {one["labels"]!["version"]}")
                .Order(StringComparer.Ordinal)
        );
    }

    private static string Service(string name, int version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n  labels: {{version: '{version}'}}\nspec:\n  ports: [{{name: http, port: 80}}]\n"
        );
}
