// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Lateen.Stores.Sqlite;

namespace Lateen.Bench.Config;

/// <summary>
/// A control plane with 10,000 VirtualServices and as many ServiceEntries, from files and from a store: how long it takes to come up, what it needs, how
/// soon a change is in force. Each in a process of its own.
/// </summary>
internal sealed class ConfigBench(WorkDirectory directory)
{
    public async Task RunAsync()
    {
        var files = directory.Folder("mesh");
        GeneratedConfig.WriteFiles(files);
        await LoadAsync(ConfigLoad.Files, files);
        var database = Path.Combine(directory.Path, "store.db");
        using (var store = SqliteStore.Open(database))
            await GeneratedConfig.FillAsync(store);
        await LoadAsync(ConfigLoad.Store, database);
    }

    private static async Task LoadAsync(string kind, string path)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [typeof(ConfigBench).Assembly.Location, ConfigLoad.Verb, kind, path]
        );
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet cannot be started");
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"loading from {kind} failed, with {process.ExitCode}");
    }
}
