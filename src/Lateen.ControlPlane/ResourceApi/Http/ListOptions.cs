// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Objects.Selectors;
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>How a resource version is meant.</summary>
internal enum RevisionMatch : byte
{
    /// <summary>Nobody said.</summary>
    Unset,
    NotOlderThan,
    Exact,
}

/// <summary>What is listed or watched, and how (Kubernetes' ListOptions).</summary>
/// <param name="Revision">Null when nobody said; 0 for any that is at hand.</param>
/// <param name="Limit">0 for all.</param>
/// <param name="SendInitialEvents">A watch begins with what is there; null when nobody said.</param>
/// <param name="Timeout">Of a watch; null for the server's own.</param>
internal sealed record ListOptions(
    LabelSelector Labels,
    FieldSelector Fields,
    long? Revision,
    RevisionMatch Match,
    int Limit,
    string Continue,
    bool IsWatch,
    bool AllowBookmarks,
    bool? SendInitialEvents,
    TimeSpan? Timeout
)
{
    private const string NotOlderThan = "NotOlderThan";
    private const string Exact = "Exact";

    public static Outcome<ListOptions> Read(IQueryCollection query)
    {
        var reader = new QueryReader(query);
        var labels = LabelSelector.Parse(reader.Text("labelSelector"), out var labelProblem);
        var fields = FieldSelector.Parse(reader.Text("fieldSelector"), out var fieldProblem);
        if (labelProblem.Length > 0)
            reader.Fail($"labelSelector: {labelProblem}");
        if (fieldProblem.Length > 0)
            reader.Fail($"fieldSelector: {fieldProblem}");
        var options = new ListOptions(
            labels ?? LabelSelector.Everything,
            fields ?? FieldSelector.Everything,
            reader.Number("resourceVersion"),
            MatchOf(reader),
            (int)Math.Min(reader.Number("limit") ?? 0, int.MaxValue - 1),
            reader.Text("continue"),
            reader.Flag("watch"),
            reader.Flag("allowWatchBookmarks"),
            reader.Has("sendInitialEvents") ? reader.Flag("sendInitialEvents") : null,
            reader.Number("timeoutSeconds") is { } seconds and > 0
                ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1000))
                : null
        );
        if (reader.Failure is { } failure)
            return failure;
        return options.Contradiction() is { } contradiction
            ? new ApiStatus(422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {contradiction}")
            : options;
    }

    public bool Selects(string name, string ns, Func<string, string?> labels) =>
        Fields.Matches(name, ns) && Labels.Matches(labels);

    private static RevisionMatch MatchOf(QueryReader reader)
    {
        switch (reader.Text("resourceVersionMatch"))
        {
            case "":
                return RevisionMatch.Unset;
            case NotOlderThan:
                return RevisionMatch.NotOlderThan;
            case Exact:
                return RevisionMatch.Exact;
            default:
                reader.Fail($"resourceVersionMatch must be {NotOlderThan} or {Exact}");
                return RevisionMatch.Unset;
        }
    }

    /// <summary>Combinations that mean nothing, or nothing good.</summary>
    private string? Contradiction() =>
        (IsWatch, Match) switch
        {
            (false, not RevisionMatch.Unset) when Continue.Length > 0 =>
                "resourceVersionMatch: must not stand beside continue",
            (false, not RevisionMatch.Unset) when Revision is null => "resourceVersionMatch: needs a resourceVersion",
            (false, RevisionMatch.Exact) when Revision == 0 =>
                "resourceVersionMatch: Exact needs a resourceVersion over 0",
            (false, _) when SendInitialEvents is not null => "sendInitialEvents: is for watches",
            (true, not RevisionMatch.Unset) when SendInitialEvents is null =>
                "resourceVersionMatch: needs sendInitialEvents in a watch",
            (true, not RevisionMatch.NotOlderThan) when SendInitialEvents is not null =>
                $"sendInitialEvents: needs resourceVersionMatch {NotOlderThan}",
            (true, _) when Continue.Length > 0 => "continue: is for lists",
            _ => null,
        };
}
