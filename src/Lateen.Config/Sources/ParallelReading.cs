// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Sources;

/// <summary>Reads many texts on all cores: decoding is what loading a large configuration takes its time for.</summary>
internal static class ParallelReading
{
    /// <summary>Fewer are read faster than other threads begin.</summary>
    private const int Least = 32;

    /// <summary>In the order of <paramref name="items"/>. Throws what <paramref name="read"/> throws.</summary>
    public static TResult[] Read<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> read)
    {
        var results = new TResult[items.Count];
        if (items.Count < Least)
        {
            for (var i = 0; i < results.Length; i++)
                results[i] = read(items[i]);
        }
        else
        {
            Parallel.For(0, results.Length, i => results[i] = read(items[i]));
        }
        return results;
    }
}
