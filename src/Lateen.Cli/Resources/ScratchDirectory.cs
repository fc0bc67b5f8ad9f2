// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli.Resources;

/// <summary>A directory for files that others must not read, gone at the end unless it is kept.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-");

    public bool IsKept { get; set; }

    public string Write(string folder, string name, string text)
    {
        var within = Directory.CreateDirectory(PathOf(folder));
        var path = Path.Combine(within.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string PathOf(string folder) => Path.Combine(_directory.FullName, folder);

    public void Dispose()
    {
        if (!IsKept)
            _directory.Delete(recursive: true);
    }
}
