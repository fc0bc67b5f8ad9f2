// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config.Objects;
using Lateen.Config.Statuses;
using Lateen.Config.Stores;

namespace Lateen.ControlPlane.Statuses;

/// <summary>
/// Finds which statuses have to be written, and which can wait. Remembers what was said of each object, so that what did not change costs little.
/// </summary>
internal sealed class StatusAgenda(TimeProvider time)
{
    private readonly Dictionary<ObjectKey, Remembered> _remembered = [];
    private List<DueStatus> _due = [];

    /// <summary>When something that waits may be due; null when nothing waits.</summary>
    public TimeSpan? Wakes { get; private set; }

    /// <summary>Begins to look at all objects.</summary>
    public void Begin()
    {
        _due = [];
        Wakes = null;
    }

    /// <summary>Looks at one object.</summary>
    public void Consider(ObjectKey key, MirroredObject item, Judgement judgement)
    {
        var now = time.GetUtcNow();
        var known = _remembered.GetValueOrDefault(key);
        if (Differs(item, judgement.Verdict, known, now) is { } next)
        {
            if (known is not null && now - known.At < StatusPace.Progress && IsCountAlone(item.Status, next))
                WakeIn(StatusPace.Progress);
            else
                _due.Add(new DueStatus(key, item, judgement.Verdict, IsRecount: false));
            return;
        }
        known = new Remembered(judgement.Verdict, item.Status, known?.At ?? DateTimeOffset.MinValue, known?.Recount);
        _remembered[key] = known with { Recount = Recount(key, item, judgement.Recounted, known.Recount, now) };
    }

    /// <summary>All that is due, in the order in which it is to be written: what was written last first, since somebody may wait for it.</summary>
    public IReadOnlyList<DueStatus> End(IReadOnlySet<ObjectKey> there)
    {
        foreach (var gone in _remembered.Keys.Where(key => !there.Contains(key)).ToList())
            _remembered.Remove(gone);
        _due.Sort(
            static (x, y) =>
                x.IsRecount != y.IsRecount
                    ? x.IsRecount.CompareTo(y.IsRecount)
                    : y.Item.Revision.CompareTo(x.Item.Revision)
        );
        return _due;
    }

    /// <summary>A status was written, or there was nothing to write it to.</summary>
    public void OnWritten(DueStatus due) =>
        // What it is now is looked at once more, and remembered then.
        _remembered[due.Key] = new Remembered(due.Verdict, null, time.GetUtcNow(), null);

    /// <summary>The status as it should be; null when it is so.</summary>
    private static JsonObject? Differs(MirroredObject item, Verdict verdict, Remembered? known, DateTimeOffset now)
    {
        if (known is not null && ReferenceEquals(known.Status, item.Status) && known.Verdict.SaysAsMuchAs(verdict))
            return null;
        var next = StatusDocument.With(item.Status, verdict, now);
        return JsonNode.DeepEquals(next, item.Status ?? new JsonObject()) ? null : next;
    }

    /// <summary>A count that was complete is written anew when the new one lasts.</summary>
    private WaitingCount? Recount(
        ObjectKey key,
        MirroredObject item,
        Verdict? recounted,
        WaitingCount? waiting,
        DateTimeOffset now
    )
    {
        if (recounted is null)
            return null;
        if (waiting is null)
            waiting = new WaitingCount(recounted, now, now);
        else if (!waiting.Verdict.SaysAsMuchAs(recounted))
            waiting = waiting with { Verdict = recounted, At = now };
        var dueAt = Earlier(waiting.At + StatusPace.Settled, waiting.Since + StatusPace.Stale);
        if (dueAt <= now)
            _due.Add(new DueStatus(key, item, recounted, IsRecount: true));
        else
            WakeIn(dueAt - now);
        return waiting;
    }

    private void WakeIn(TimeSpan wait) => Wakes = Wakes is { } known && known < wait ? known : wait;

    private static DateTimeOffset Earlier(DateTimeOffset x, DateTimeOffset y) => x < y ? x : y;

    /// <summary>Whether nothing differs but how many proxies have it.</summary>
    private static bool IsCountAlone(JsonObject? before, JsonObject after)
    {
        var counted = before?.DeepClone().AsObject() ?? new JsonObject();
        var condition = Programmed(counted);
        if (condition is null || Programmed(after) is not { } next || condition.Text("reason") != next.Text("reason"))
            return false;
        condition["message"] = next["message"]?.DeepClone();
        return JsonNode.DeepEquals(counted, after);
    }

    private static JsonObject? Programmed(JsonObject status) =>
        status["conditions"].Items().FirstOrDefault(static item => item.Text("type") == Condition.Programmed)
        as JsonObject;

    /// <summary>What there was to say of an object when it was looked at last.</summary>
    /// <param name="Status">That says it already; null where it had none.</param>
    /// <param name="At">When its status was written last.</param>
    private sealed record Remembered(Verdict Verdict, JsonObject? Status, DateTimeOffset At, WaitingCount? Recount);

    /// <summary>A count that is another one than the status has.</summary>
    /// <param name="At">Since when it is this one.</param>
    /// <param name="Since">Since when it is another one.</param>
    private sealed record WaitingCount(Verdict Verdict, DateTimeOffset At, DateTimeOffset Since);
}

/// <summary>A status that has to be written.</summary>
/// <param name="IsRecount">Nobody waits for it.</param>
internal sealed record DueStatus(ObjectKey Key, MirroredObject Item, Verdict Verdict, bool IsRecount);
