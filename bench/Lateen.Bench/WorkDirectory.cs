// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Bench;

/// <summary>A directory for one bench's files, gone with it.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-bench");

    public string Path => _directory.FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Folder(string name) => _directory.CreateSubdirectory(name).FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
