// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Shared.Tests.Protos;

/// <summary>The proto files that gRPC's xDS client for Node bundles: Envoy's own, as somebody else published them.</summary>
internal static class ProtoOracle
{
    private const string Package = "@grpc/grpc-js-xds";
    private const string Version = "1.14.1";
    private static readonly string[] s_roots = ["envoy-api", "xds", "googleapis", "protoc-gen-validate"];

    /// <summary>Path below its root → text. Skips the test where the package is not to be had.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> LoadAsync(CancellationToken stop)
    {
        var archive = Path.Combine(Path.GetTempPath(), $"lateen-proto-oracle-{Version}.tgz");
        if (!File.Exists(archive))
            await FetchAsync(archive, stop);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var file = File.OpenRead(archive);
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(unpacked);
        while (await tar.GetNextEntryAsync(cancellationToken: stop) is { } entry)
        {
            if (entry.DataStream is { } data && PathOf(entry.Name) is { } path)
                files[path] = await new StreamReader(data).ReadToEndAsync(stop);
        }
        return files;
    }

    private static string? PathOf(string entry)
    {
        if (!entry.EndsWith(".proto", StringComparison.Ordinal))
            return null;
        var root = s_roots.FirstOrDefault(root => entry.StartsWith($"package/deps/{root}/", StringComparison.Ordinal));
        return root is null ? null : entry[$"package/deps/{root}/".Length..];
    }

    private static async Task FetchAsync(string archive, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("lateen-npm-");
        try
        {
            using var npm = Start("npm", folder.FullName, "pack", $"{Package}@{Version}", "--silent");
            await npm.WaitForExitAsync(stop);
            var packed = folder.GetFiles("*.tgz");
            if (npm.ExitCode != 0 || packed.Length == 0)
                Assert.Skip(
                    $"npm pack {Package}@{Version} ended with {npm.ExitCode}: {await npm.StandardError.ReadToEndAsync(stop)}"
                );
            // Whole, or not at all: the next run takes what is there.
            packed[0].MoveTo(archive, overwrite: true);
        }
        catch (Win32Exception failure)
        {
            Assert.Skip($"npm is not there to fetch the oracle {Package}: {failure.Message}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Process Start(string command, string folder, params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(command, arguments)
            {
                UseShellExecute = false,
                WorkingDirectory = folder,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
}
