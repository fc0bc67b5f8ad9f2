// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;

namespace Lateen.Proxy.Decoding;

/// <summary>A file with a <c>DiscoveryResponse</c>, as <c>path_config_source</c> names it: <c>.json</c>, or <c>.pb</c> for the wire format.</summary>
internal static class DiscoveryFile
{
    private static readonly Lazy<JsonParser> s_json = new(static () =>
        new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(WireTypes.All))
    );

    public static bool HasKnownFormat(string path) => Path.GetExtension(path) is ".json" or ".pb";

    /// <exception cref="InvalidProtocolBufferException">It is none. The message may quote the file.</exception>
    /// <exception cref="InvalidJsonException">The same.</exception>
    public static DiscoveryResponse Parse(string path, ReadOnlyMemory<byte> bytes) =>
        Path.GetExtension(path) == ".json"
            ? s_json.Value.Parse<DiscoveryResponse>(Encoding.UTF8.GetString(bytes.Span))
            : DiscoveryResponse.Parser.ParseFrom(bytes.Span);
}
