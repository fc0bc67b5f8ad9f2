// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Analysis;

/// <summary>What a condition asks for, in a form that can be compared: names and statistics are no part of it.</summary>
internal static class MatchEssence
{
    public static object Of(HttpMatch match) =>
        (
            match.Uri,
            match.Scheme,
            match.Method,
            match.Authority,
            (match.IgnoreUriCase, match.Port, match.SourceNamespace),
            Text(match.Headers),
            Text(match.WithoutHeaders),
            (Text(match.QueryParams), Text(match.SourceLabels), string.Join(',', match.Gateways))
        );

    public static object Of(TlsMatch match) =>
        (
            string.Join(',', match.SniHosts),
            string.Join(',', match.DestinationSubnets),
            match.Port,
            match.SourceNamespace,
            Text(match.SourceLabels),
            string.Join(',', match.Gateways)
        );

    public static object Of(TcpMatch match) =>
        (
            string.Join(',', match.DestinationSubnets),
            match.Port,
            match.SourceSubnet,
            match.SourceNamespace,
            Text(match.SourceLabels),
            string.Join(',', match.Gateways)
        );

    /// <summary>Whether no request passes it by.</summary>
    public static bool TakesAll(HttpMatch match) =>
        match.Uri is { Prefix: "/" } or { Regex: ".*" }
        && match
            is {
                Scheme: null,
                Method: null,
                Authority: null,
                Headers.Count: 0,
                WithoutHeaders.Count: 0,
                QueryParams.Count: 0,
                Port: null,
                SourceLabels.Count: 0,
                SourceNamespace: "",
                Gateways.Count: 0
            };

    private static string Text<T>(IReadOnlyDictionary<string, T> map) =>
        string.Join(
            ';',
            map.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => $"{pair.Key}={pair.Value}")
        );
}
