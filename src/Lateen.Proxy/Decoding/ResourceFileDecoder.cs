// SPDX-License-Identifier: Apache-2.0
using Lateen.Proxy.Runtime;
using Api = Envoy.Config.Core.V3;
using Source = Envoy.Config.Core.V3.ConfigSource.ConfigSourceSpecifierOneofCase;

namespace Lateen.Proxy.Decoding;

/// <summary><c>path_config_source</c>, and the deprecated <c>path</c>, of an EDS or RDS source → <see cref="ResourceFile"/>.</summary>
internal static class ResourceFileDecoder
{
    /// <summary>Null for a source that is no file.</summary>
    public static Api.PathConfigSource? PathOf(Api.ConfigSource? source) =>
        source?.ConfigSourceSpecifierCase switch
        {
            Source.PathConfigSource => source.PathConfigSource,
            Source.Path => new Api.PathConfigSource { Path = source.Path },
            _ => null,
        };

    /// <inheritdoc cref="PathOf"/>
    public static ResourceFile? Decode(
        Api.ConfigSource? source,
        string typeUrl,
        string name,
        string path,
        DecodeContext context
    )
    {
        if (PathOf(source) is not { } file)
            return null;
        path = $"{path}.{(source!.ConfigSourceSpecifierCase == Source.Path ? "path" : "path_config_source.path")}";
        if (!DiscoveryFile.HasKnownFormat(file.Path))
            context.Add(path, $"is {file.Path}; give a DiscoveryResponse in a file that ends in .json or .pb");
        else if (!File.Exists(file.Path))
            context.Add(path, $"is {file.Path}, which does not exist");
        return new ResourceFile(typeUrl, name, file.Path)
        {
            WatchedDirectory = context.Watched(file.WatchedDirectory, $"{path[..^5]}.watched_directory"),
        };
    }
}
