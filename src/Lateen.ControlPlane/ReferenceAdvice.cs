// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Lateen.Config;
using Lateen.Config.Analysis;
using Lateen.Config.Decoding;
using Lateen.Config.Stores;
using Lateen.ControlPlane.Statuses;
using Lateen.Core;

namespace Lateen.ControlPlane;

/// <summary>
/// Tells whoever writes an object through the resource API what it refers to that nobody defines. It is written all the same. What the same client
/// wrote a moment before counts: where something is missing, the configuration is asked again once it has taken the object in.
/// </summary>
internal sealed class ReferenceAdvice : IDisposable
{
    /// <summary>A configuration that takes longer has other worries: then nothing is said.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly ConfigWatch _watch;
    private readonly ConfigHistory _history;
    private readonly TimeProvider _time;
    private TaskCompletionSource _loaded = New();

    public ReferenceAdvice(ConfigWatch watch, ConfigHistory history, TimeProvider time)
    {
        _watch = watch;
        _history = history;
        _time = time;
        // Behind the watch's own handler, which writes the history.
        watch.Source.Loaded += OnLoaded;
    }

    /// <param name="revision">With which it was written; null where nothing was.</param>
    public async ValueTask<IReadOnlyList<Problem>> OfAsync(
        ObjectKey key,
        JsonObject item,
        long? revision,
        CancellationToken stop
    )
    {
        if (ResourceDecoder.Decode("api", item).Resources is not [var resource])
            return [];
        var missing = MissingReferences.Of(resource, _watch.Source.Current);
        if (missing.Count == 0 || revision is not { } written)
            return missing;
        return await TakesInAsync(StoreHorizon.None.With(key, written), stop).ConfigureAwait(false)
            ? MissingReferences.Of(resource, _watch.Source.Current)
            : [];
    }

    public void Dispose() => _watch.Source.Loaded -= OnLoaded;

    private async Task<bool> TakesInAsync(StoreHorizon written, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(s_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        while (true)
        {
            // Before the question: what is loaded in between wakes us.
            var loaded = Volatile.Read(ref _loaded).Task;
            if (_history.TakenBy(_watch.Source.Current.Revision).Covers(written))
                return true;
            await loaded.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
            if (patience.IsCancellationRequested)
                return false;
        }
    }

    private void OnLoaded() => Interlocked.Exchange(ref _loaded, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
