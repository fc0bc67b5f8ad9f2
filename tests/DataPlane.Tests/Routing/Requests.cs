// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Lateen.Http;
using Lateen.Http.Http1;
using Lateen.Proxy.Decoding;
using Lateen.Proxy.Routing;
using Lateen.Proxy.Streams;
using CorsApi = Envoy.Extensions.Filters.Http.Cors.V3;
using FaultApi = Envoy.Extensions.Filters.Http.Fault.V3;
using RouteApi = Envoy.Config.Route.V3;

namespace DataPlane.Tests.Routing;

/// <summary>Route tables from xDS JSON, and requests from text.</summary>
internal static class Requests
{
    public static JsonParser Json { get; } =
        new(
            JsonParser.Settings.Default.WithTypeRegistry(
                TypeRegistry.FromMessages(
                    FaultApi.HTTPFault.Descriptor,
                    CorsApi.CorsPolicy.Descriptor,
                    RouteApi.FilterConfig.Descriptor
                )
            )
        );

    /// <summary>A table of one virtual host for every domain.</summary>
    public static RouteTable Routes(string routesJson, string hostJson = "") =>
        Table($$"""{"virtualHosts":[{"name":"v","domains":["*"],{{hostJson}}"routes":[{{routesJson}}]}]}""");

    public static RouteTable Table(string json)
    {
        var context = new DecodeContext();
        var spec = RouteDecoder.Decode(Json.Parse<RouteApi.RouteConfiguration>(json), "", context);
        Assert.Equal("", context.ToString());
        return RouteTable.Build(spec);
    }

    /// <param name="lines">A request line without version, as <c>GET /x</c>, and header lines, divided by <c>|</c>; the host is "shop" unless given.</param>
    public static StreamInfo Of(string lines)
    {
        var parts = lines.Split('|');
        var text = new StringBuilder($"{parts[0]} HTTP/1.1\r\n");
        if (!parts.Any(static part => part.StartsWith("host:", StringComparison.OrdinalIgnoreCase)))
            text.Append("host: shop\r\n");
        foreach (var header in parts.Skip(1))
            text.Append(header).Append("\r\n");
        var stream = new StreamInfo();
        var scanned = 0;
        var status = Http1RequestParser.Parse(
            Encoding.UTF8.GetBytes(text.Append("\r\n").ToString()),
            new Http1Limits(),
            ref scanned,
            stream.Request,
            out _,
            out _,
            out var fault
        );
        Assert.True(status == ParseStatus.Complete, $"{lines}: {fault}");
        if (stream.Request.Scheme.IsEmpty)
            stream.Request.SetScheme("http"u8); // which the connection manager knows from the connection
        return stream;
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Header lines in order, as <c>name: value</c> divided by <c>|</c>.</summary>
    public static string Lines(HeaderMap headers, params string[] without)
    {
        var lines = new List<string>();
        for (var i = 0; i < headers.Count; i++)
        {
            if (!headers[i].IsRemoved && !without.Contains(Text(headers.Name(i))))
                lines.Add($"{Text(headers.Name(i))}: {Text(headers.Value(i))}");
        }
        return string.Join('|', lines);
    }
}
