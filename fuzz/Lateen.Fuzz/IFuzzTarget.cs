// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Fuzz;

/// <summary>A parser, and what has to hold for it whatever it reads.</summary>
internal interface IFuzzTarget
{
    /// <summary>Also the name of its corpus.</summary>
    string Name { get; }

    /// <summary>Reads the input; throws whatever it likes when something does not hold.</summary>
    /// <param name="random">For where to cut the input; the same for the same input.</param>
    void Run(byte[] input, Random random);
}

/// <summary>Something does not hold.</summary>
internal sealed class BrokenException(string message) : Exception(message)
{
    public static void Unless(bool holds, string what)
    {
        if (!holds)
            throw new BrokenException(what);
    }

    public static void UnlessEqual<T>(T left, T right, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(left, right))
            throw new BrokenException($"{what}: {left} is not {right}");
    }
}
