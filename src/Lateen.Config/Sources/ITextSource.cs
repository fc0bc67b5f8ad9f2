// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;

namespace Lateen.Config.Sources;

/// <summary>Where texts of configuration come from: files, a store. Follows what becomes of them.</summary>
public interface ITextSource : IDisposable
{
    /// <summary>Something may have changed. Raised by any thread.</summary>
    event Action? Changed;

    /// <summary>Comes back once there is something to read.</summary>
    Task StartAsync(CancellationToken stop);

    /// <summary>What became of texts since the last call, each read once; the first time all there are. One caller at a time.</summary>
    /// <exception cref="IOException">They cannot be read now; what was read before holds, and the next call has what this one had.</exception>
    IReadOnlyList<TextChange> Take();

    /// <summary>Follows changes until cancelled.</summary>
    Task RunAsync(CancellationToken stop);
}

/// <summary>A text that is new, or says something else, or is gone.</summary>
/// <param name="Name">As messages have it.</param>
/// <param name="Read">What it says; null when it is gone.</param>
/// <param name="Content">The text itself, where it is to be kept over the end of the process; null where nobody could read it, or it is kept already.</param>
public readonly record struct TextChange(string Name, DecodedText? Read, string? Content = null);
