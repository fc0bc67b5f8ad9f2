// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Loop;

/// <summary>Work for a loop's next turn: a stream with more to read, a method to wake, a message from another thread.</summary>
public interface IReadyItem
{
    void Run();
}
