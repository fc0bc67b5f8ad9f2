// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses.GatewayApi;
using Lateen.Core;

namespace Lateen.ControlPlane.Statuses;

/// <summary>Puts together what is to be said of an object, of what the configuration and the proxies say.</summary>
internal sealed class StatusJudge
{
    // With which revision a generation came into force.
    private readonly Dictionary<ObjectKey, (string Uid, long Generation, long Since)> _since = [];

    /// <summary>Null while nothing can be said: the configuration has not read this generation yet.</summary>
    public Judgement? Judge(
        ObjectKey key,
        MirroredObject item,
        ConfigurationVerdicts configuration,
        ProgrammedConditions programmed
    )
    {
        if (Accepted(key, item, configuration) is not { } accepted)
            return null;
        var analysis = configuration.AnalysisOf(key, item);
        var counted = Programmed(key, item, accepted, configuration, programmed);
        var held = Held(item, counted);
        if (With(held) is not { } verdict)
            return null;
        return new Judgement(verdict, held == counted ? null : With(counted));

        Verdict? With(Condition condition) =>
            key.Group == GatewayWords.Group
                ? GatewayStatus.Of(key, item, accepted, condition, configuration)
                : new Verdict(
                    item.Generation,
                    [accepted, condition, Conflicts(configuration.ReadingOf(key, item).Concat(analysis))],
                    analysis
                );
    }

    /// <summary>What is remembered of objects that are gone is forgotten.</summary>
    public void Keep(IReadOnlySet<ObjectKey> there)
    {
        foreach (var gone in _since.Keys.Where(key => !there.Contains(key)).ToList())
            _since.Remove(gone);
    }

    private static Condition? Accepted(ObjectKey key, MirroredObject item, ConfigurationVerdicts configuration)
    {
        if (configuration.IsInForce(key, item))
        {
            var warnings = configuration.WarningsOf(key, item).ToList();
            return new Condition(
                Condition.Accepted,
                true,
                "Accepted",
                warnings.Count == 0 ? "in order" : $"in order, with warnings: {Text(warnings)}"
            );
        }
        var errors = configuration.ErrorsOf(key, item).ToList();
        if (errors.Count == 0)
            return null;
        var stays = configuration.GenerationInForce(key, item) is { } generation
            ? $"; generation {generation} stays in force"
            : "";
        return new Condition(Condition.Accepted, false, "Invalid", $"{Text(errors)}{stays}");
    }

    private Condition Programmed(
        ObjectKey key,
        MirroredObject item,
        Condition accepted,
        ConfigurationVerdicts configuration,
        ProgrammedConditions programmed
    )
    {
        if (accepted.IsTrue != true)
            return new Condition(Condition.Programmed, false, "NotAccepted", "it is not accepted");
        if (item.Kind.IsNotInForce)
            return new Condition(
                Condition.Programmed,
                false,
                "NotInForce",
                "this kind is read and checked, and changes no traffic yet"
            );
        if (!_since.TryGetValue(key, out var known) || known.Generation != item.Generation || known.Uid != item.Uid)
            _since[key] = known = (item.Uid, item.Generation, configuration.Config.Revision);
        return programmed.For(known.Since);
    }

    /// <summary>
    /// Who has it has it: a proxy that comes, and gets it with its first answer, does not make it untrue at once. What is refused does.
    /// </summary>
    private static Condition Held(MirroredObject item, Condition counted)
    {
        if (counted.Reason == ProgrammedConditions.Refused)
            return counted;
        var before = ConditionList.Of(item.Status.Member("conditions"), Condition.Programmed, item.Generation);
        return before.Text("status") == "True" && counted.Reason is not ("NotAccepted" or "NotInForce")
            ? new Condition(
                Condition.Programmed,
                true,
                before.Text("reason") ?? ProgrammedConditions.AllHaveIt,
                before.Text("message") ?? ""
            )
            : counted;
    }

    private static Condition Conflicts(IEnumerable<Problem> found)
    {
        var conflicts = ConflictCodes.Of(found);
        return conflicts.Count == 0
            ? new Condition(Condition.Conflicts, false, "NoConflicts", "no other object says anything else")
            : new Condition(Condition.Conflicts, true, "Conflicting", Text(conflicts));
    }

    internal static string Text(IEnumerable<Problem> problems) =>
        string.Join(
            "; ",
            problems
                .Select(static problem =>
                {
                    var field = problem.Field.Length == 0 ? "" : $"{problem.Field}: ";
                    var fix = problem.Fix is null ? "" : $", {problem.Fix}";
                    return $"{field}{problem.Message}{fix} ({problem.Code})";
                })
                .Distinct(StringComparer.Ordinal)
        );
}

/// <summary>What there is to say of an object.</summary>
/// <param name="Verdict">At once; where all proxies had it, so it says still.</param>
/// <param name="Recounted">With the proxies that have it now, where that is another count: for later.</param>
internal sealed record Judgement(Verdict Verdict, Verdict? Recounted);
