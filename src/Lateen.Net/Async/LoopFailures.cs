// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Async;

/// <summary>Where exceptions end that no method on a loop caught. Each one is a bug: expected failures are values.</summary>
public static class LoopFailures
{
    /// <summary>Called on the loop's thread. The executable sets it once at start; by default standard error gets the text.</summary>
    public static Action<Exception> Handler { get; set; } = failure => Console.Error.WriteLine(failure);

    internal static void Report(Exception failure) => Handler(failure);
}
