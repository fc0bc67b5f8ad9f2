// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Mesh;

/// <summary>Istio's protocol selection: appProtocol, else the port name's first word, else TCP.</summary>
internal static class PortProtocol
{
    private static readonly HashSet<string> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        "http",
        "http2",
        "https",
        "grpc",
        "grpc-web",
        "tcp",
        "tls",
        "mongo",
        "mysql",
        "redis",
        "udp",
    };

    public static string Of(string appProtocol, string portName, string transport)
    {
        var word = appProtocol.ToLowerInvariant() switch
        {
            "" => WordOf(portName),
            "kubernetes.io/h2c" => "http2",
            "kubernetes.io/ws" => "http",
            "kubernetes.io/wss" => "https",
            var other => other,
        };
        return s_words.Contains(word) ? word.ToUpperInvariant() : transport.ToUpperInvariant();
    }

    /// <summary>The word in front of the first dash; gRPC-Web has one of its own.</summary>
    private static string WordOf(string name)
    {
        if (name.StartsWith("grpc-web", StringComparison.OrdinalIgnoreCase))
            return "grpc-web";
        var dash = name.IndexOf('-');
        return dash < 0 ? name : name[..dash];
    }
}
