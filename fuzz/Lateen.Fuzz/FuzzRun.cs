// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Lateen.Fuzz;

/// <summary>One target: its seeds as they are, then changed, until the time is over or something breaks.</summary>
internal sealed class FuzzRun(IFuzzTarget target, int seed)
{
    public long Inputs { get; private set; }

    /// <summary>Each target for its share of the time, with a line for each; 1 when something broke, else 0.</summary>
    public static int All(IReadOnlyList<IFuzzTarget> targets, TimeSpan time, int seed)
    {
        var status = 0;
        foreach (var target in targets)
        {
            var run = new FuzzRun(target, seed);
            var failure = run.Run(time / targets.Count);
            if (failure is not null)
                status = 1;
            Console.WriteLine($"{target.Name}: {run.Inputs} inputs, {failure ?? "nothing broke"}");
        }
        return status;
    }

    /// <summary>What broke, with the input that did it; null when nothing did.</summary>
    public string? Run(TimeSpan time)
    {
        var corpus = new Corpus(target.Name);
        foreach (var input in corpus.Seeds)
        {
            if (Try(input, corpus) is { } failure)
                return failure;
        }
        var mutator = new Mutator(corpus.Seeds, new Random(seed));
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            if (Try(mutator.Next(), corpus) is { } failure)
                return failure;
        }
        return null;
    }

    private string? Try(byte[] input, Corpus corpus)
    {
        Inputs++;
        try
        {
            target.Run(input, new Random(input.Length));
            return null;
        }
        // Whatever a parser throws is what we are looking for.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"{e}\ninput:\n{corpus.Format(input)}";
        }
    }
}
