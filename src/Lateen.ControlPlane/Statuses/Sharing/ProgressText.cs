// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses.Sharing;

/// <summary>
/// A <see cref="ProgressReport"/> as text: <c>{"moments":[{"listed":7,"seen":{"virtualservices.networking.istio.io":9}}],
/// "groups":[{"proxies":2,"pushed":0,"open":[{"before":0,"last":0,"refused":false}],"refusals":[]}]}</c>. Groups name
/// moments by their place, since they have most of them in common.
/// </summary>
internal static class ProgressText
{
    public static string Write(ProgressReport report)
    {
        var moments = new List<string>();
        var groups = new JsonArray();
        foreach (var group in report.Groups)
        {
            groups.Add(
                new JsonObject
                {
                    ["proxies"] = group.Proxies,
                    ["pushed"] = Place(group.Pushed, moments),
                    ["open"] = new JsonArray([
                        .. group.Open.Select(open => new JsonObject
                        {
                            ["before"] = Place(open.Before, moments),
                            ["last"] = Place(open.Last, moments),
                            ["refused"] = open.IsRefused,
                        }),
                    ]),
                    ["refusals"] = new JsonArray([
                        .. group.Refusals.Select(static refusal => (JsonNode)JsonValue.Create(refusal)),
                    ]),
                }
            );
        }
        return new JsonObject
        {
            ["moments"] = new JsonArray([.. moments.Select(static moment => JsonNode.Parse(moment))]),
            ["groups"] = groups,
        }.ToJsonString();
    }

    /// <summary>Null for a text that is none: its control plane counts as having no proxies.</summary>
    public static ProgressReport? Read(string text)
    {
        try
        {
            var report = JsonNode.Parse(text);
            var moments = report.Member("moments").Items().Select(Moment).ToList();
            return new ProgressReport(report.Member("groups").Items().Select(group => Group(group, moments)).ToList());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int Place(StoreHorizon horizon, List<string> moments)
    {
        var seen = new JsonObject();
        foreach (var (kind, revision) in horizon.Seen.OrderBy(static one => one.Key, StringComparer.Ordinal))
            seen[kind] = revision;
        var text = new JsonObject { ["listed"] = horizon.Listed, ["seen"] = seen }.ToJsonString();
        var at = moments.IndexOf(text);
        if (at >= 0)
            return at;
        moments.Add(text);
        return moments.Count - 1;
    }

    private static StoreHorizon Moment(JsonNode? moment) =>
        new(
            moment.Member("listed").AsNumber() ?? StoreHorizon.None.Listed,
            moment.Member("seen") is JsonObject seen
                ? seen.ToImmutableDictionary(
                    static one => one.Key,
                    static one => one.Value.AsNumber() ?? 0,
                    StringComparer.Ordinal
                )
                : StoreHorizon.None.Seen
        );

    private static ProxyGroup Group(JsonNode? group, List<StoreHorizon> moments)
    {
        StoreHorizon At(JsonNode? place) =>
            place.AsNumber() is { } at && at >= 0 && at < moments.Count ? moments[(int)at] : StoreHorizon.None;

        return new ProxyGroup(
            (int)Math.Clamp(group.Member("proxies").AsNumber() ?? 0, 0, int.MaxValue),
            At(group.Member("pushed")),
            group
                .Member("open")
                .Items()
                .Select(open => new OpenSpan(
                    At(open.Member("before")),
                    At(open.Member("last")),
                    open.Member("refused") is JsonValue refused && refused.GetValueKind() == JsonValueKind.True
                ))
                .ToList(),
            group.Member("refusals").Items().Select(static refusal => refusal.AsText() ?? "").ToList()
        );
    }
}
