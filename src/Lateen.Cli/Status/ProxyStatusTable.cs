// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli.Status;

/// <summary>Proxy status as text, with istioctl's headings.</summary>
internal static class ProxyStatusTable
{
    private const int Gap = 5;

    /// <param name="controlPlane">What the ISTIOD column says.</param>
    public static void WriteAll(IReadOnlyList<ProxyStatus> proxies, string controlPlane, TextWriter output) =>
        Write(
            ["NAME", "CLUSTER", "ISTIOD", "VERSION", "SYNC", "SUBSCRIBED TYPES"],
            proxies.Select(proxy =>
                (string[])
                    [
                        proxy.Proxy,
                        proxy.Cluster,
                        controlPlane,
                        proxy.Version,
                        Summary(proxy),
                        $"{proxy.Types.Count} ({string.Join(',', proxy.Types.Select(static type => type.Name))})",
                    ]
            ),
            output
        );

    public static void WriteOne(ProxyStatus proxy, TextWriter output) =>
        Write(
            ["TYPE", "STATUS", "SENT", "ERROR"],
            proxy.Types.Select(static type => (string[])[type.Name, NameOf(type.State), type.SentAt, type.Error]),
            output
        );

    /// <summary>SYNCED, or the types that are not.</summary>
    private static string Summary(ProxyStatus proxy) =>
        proxy.IsSynced
            ? NameOf(SyncState.Synced)
            : string.Join(
                ',',
                proxy
                    .Types.Where(static type => type.State != SyncState.Synced)
                    .Select(static type => $"{type.Name} {NameOf(type.State)}")
            );

    private static string NameOf(SyncState state) =>
        state switch
        {
            SyncState.Synced => "SYNCED",
            SyncState.Stale => "STALE",
            SyncState.NotSent => "NOT SENT",
            _ => "ERROR",
        };

    private static void Write(string[] headings, IEnumerable<string[]> rows, TextWriter output)
    {
        var lines = rows.Prepend(headings).ToList();
        var widths = headings.Select((_, column) => lines.Max(line => line[column].Length) + Gap).ToArray();
        foreach (var line in lines)
            output.WriteLine(string.Concat(line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
