// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Sources;

/// <summary>Where texts of configuration come from: files, a store. Follows what becomes of them.</summary>
public interface ITextSource : IDisposable
{
    /// <summary>Something may have changed. Raised by any thread.</summary>
    event Action? Changed;

    /// <summary>Comes back once there is something to read.</summary>
    Task StartAsync(CancellationToken stop);

    /// <summary>All texts as they are now, by the names that messages have for them.</summary>
    /// <exception cref="IOException">They cannot be read now; what was read before holds.</exception>
    IReadOnlyDictionary<string, string> Read();

    /// <summary>Follows changes until cancelled.</summary>
    Task RunAsync(CancellationToken stop);
}
