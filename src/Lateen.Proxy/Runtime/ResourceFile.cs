// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Runtime;

/// <summary>A file that a resource comes from (Envoy <c>PathConfigSource</c>), with a <c>DiscoveryResponse</c> of it alone.</summary>
/// <param name="Path"><c>.json</c> or <c>.pb</c>.</param>
public sealed record ResourceFile(string TypeUrl, string Name, string Path)
{
    /// <summary><c>watched_directory</c>: where something that is moved in may change the file; null for the file's own.</summary>
    public string? WatchedDirectory { get; init; }

    internal string Directory => WatchedDirectory ?? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
}
