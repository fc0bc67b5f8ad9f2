// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Lateen.Cli.Status;

/// <summary>One proxy of <c>/debug/syncz</c>.</summary>
/// <param name="Proxy"><c>name.namespace</c>.</param>
internal sealed record ProxyStatus(string Proxy, string Cluster, string Version, IReadOnlyList<TypeStatus> Types)
{
    public bool IsSynced => Types.All(static type => type.State == SyncState.Synced);

    public static IReadOnlyList<ProxyStatus> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateArray().Select(Read).ToList();
    }

    private static ProxyStatus Read(JsonElement proxy) =>
        new(
            Text(proxy, "proxy"),
            Text(proxy, "cluster_id"),
            Text(proxy, "istio_version"),
            proxy.TryGetProperty("resources", out var resources)
                ? resources.EnumerateObject().Select(static type => TypeStatus.Read(type.Name, type.Value)).ToList()
                : []
        );

    internal static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}

/// <summary>How far a proxy is with one type of resource.</summary>
/// <param name="Name">Short, as <c>CDS</c>; the type URL of types without a short name.</param>
/// <param name="Error">What it refused last, in its own words; empty when it refused nothing.</param>
internal sealed record TypeStatus(string Name, SyncState State, string SentAt, string Error)
{
    private static readonly Dictionary<string, string> s_shortNames = new(StringComparer.Ordinal)
    {
        [Xds.TypeUrls.Cluster] = "CDS",
        [Xds.TypeUrls.Listener] = "LDS",
        [Xds.TypeUrls.Endpoints] = "EDS",
        [Xds.TypeUrls.Route] = "RDS",
        [Xds.TypeUrls.Secret] = "SDS",
    };

    internal static TypeStatus Read(string typeUrl, JsonElement type)
    {
        var error = ProxyStatus.Text(type, "lastError");
        var sent = ProxyStatus.Text(type, "sent");
        var state =
            error.Length > 0 ? SyncState.Refused
            : sent.Length == 0 ? SyncState.NotSent
            : sent == ProxyStatus.Text(type, "acked") ? SyncState.Synced
            : SyncState.Stale;
        return new TypeStatus(
            s_shortNames.GetValueOrDefault(typeUrl, typeUrl),
            state,
            ProxyStatus.Text(type, "sentTime"),
            error
        );
    }
}

/// <summary>In istioctl's words SYNCED, STALE, NOT SENT and ERROR.</summary>
internal enum SyncState
{
    Synced,

    /// <summary>Sent, and not answered yet.</summary>
    Stale,

    /// <summary>The control plane has nothing of this type for the proxy.</summary>
    NotSent,

    /// <summary>The proxy said no, and keeps what it had.</summary>
    Refused,
}
