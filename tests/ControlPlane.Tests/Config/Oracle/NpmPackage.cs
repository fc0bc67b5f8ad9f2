// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ControlPlane.Tests.Config.Oracle;

/// <summary>The type declarations that an npm package publishes.</summary>
internal static class NpmPackage
{
    /// <summary>Path within the package → text. Skips the test where the package is not to be had, and fails it in CI.</summary>
    /// <param name="integrity">SHA-512 of the package, in base64.</param>
    public static async Task<IReadOnlyDictionary<string, string>> LoadAsync(
        string package,
        string version,
        string integrity,
        CancellationToken stop
    )
    {
        var name = package.Replace("@", "", StringComparison.Ordinal).Replace('/', '-');
        var archive = Path.Combine(Path.GetTempPath(), $"lateen-kinds-oracle-{name}-{version}.tgz");
        if (!File.Exists(archive))
            await FetchAsync($"{package}@{version}", archive, stop);
        var bytes = await File.ReadAllBytesAsync(archive, stop);
        Assert.Equal(integrity, Convert.ToBase64String(SHA512.HashData(bytes)));
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var unpacked = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        await using var tar = new TarReader(unpacked);
        while (await tar.GetNextEntryAsync(cancellationToken: stop) is { } entry)
        {
            if (entry.DataStream is { } data && entry.Name.EndsWith(".d.ts", StringComparison.Ordinal))
                files[entry.Name["package/".Length..]] = await new StreamReader(data).ReadToEndAsync(stop);
        }
        return files;
    }

    private static async Task FetchAsync(string package, string archive, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("lateen-npm-");
        try
        {
            using var npm = Process.Start(
                new ProcessStartInfo("npm", ["pack", package, "--silent"])
                {
                    UseShellExecute = false,
                    WorkingDirectory = folder.FullName,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!;
            var output = npm.StandardOutput.ReadToEndAsync(stop);
            var errors = await npm.StandardError.ReadToEndAsync(stop);
            await output;
            await npm.WaitForExitAsync(stop);
            var packed = folder.GetFiles("*.tgz");
            if (npm.ExitCode != 0 || packed.Length == 0)
                NotToBeHad($"npm pack {package} ended with {npm.ExitCode}: {errors}");
            // Whole, or not at all: the next run takes what is there.
            packed[0].MoveTo(archive, overwrite: true);
        }
        catch (Win32Exception failure)
        {
            NotToBeHad($"npm is not there to fetch the oracle {package}: {failure.Message}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void NotToBeHad(string why)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(why);
        Assert.Skip(why);
    }
}
