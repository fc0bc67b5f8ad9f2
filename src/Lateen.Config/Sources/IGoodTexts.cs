// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Sources;

/// <summary>
/// Texts of configuration as they were when they were good, kept where the next process finds them. What cannot be trusted is told and not handed out.
/// Used by one thread at a time.
/// </summary>
public interface IGoodTexts : IDisposable
{
    /// <summary>Something that was kept is damaged and given up: what it was, and what is the matter with it.</summary>
    event Action<string>? Damaged;

    /// <summary>What is kept of a text, the oldest first.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    IReadOnlyList<GoodText> Find(string name);

    /// <summary>Digests of all texts that are kept; empty for those of which less than the whole is good, or several versions are.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    IReadOnlyDictionary<string, string> Digests();

    /// <summary>Replaces what is kept of some texts, all of them or none. It is on disk when this returns.</summary>
    /// <param name="texts">By name, the oldest version first; without any the text is forgotten.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    void Replace(IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<GoodText>>> texts);
}
