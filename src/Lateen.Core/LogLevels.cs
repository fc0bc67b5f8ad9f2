// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Lateen.Core;

/// <summary>Which lines of a log are written, scope by scope. Any thread asks; an operator changes it while the program runs.</summary>
public sealed class LogLevels
{
    private readonly Lock _gate = new();
    private FrozenDictionary<string, LogLevel> _levels;

    /// <param name="least">Lines below it are left out, in every scope.</param>
    /// <param name="scopes">All scopes there are.</param>
    public LogLevels(LogLevel least, IEnumerable<string> scopes) =>
        _levels = scopes.ToFrozenDictionary(static scope => scope, _ => least, StringComparer.Ordinal);

    /// <summary>The least level of each scope.</summary>
    public IReadOnlyDictionary<string, LogLevel> Current => Volatile.Read(ref _levels);

    /// <summary>Whether a line is to be written. A scope that nobody declared is.</summary>
    public bool IsEnabled(string scope, LogLevel level) =>
        !Volatile.Read(ref _levels).TryGetValue(scope, out var least) || level >= least;

    /// <summary>Sets scopes; none of them when one of them is unknown, which is then returned.</summary>
    public string? Set(IReadOnlyCollection<KeyValuePair<string, LogLevel>> changes)
    {
        lock (_gate)
        {
            var next = _levels.ToDictionary(StringComparer.Ordinal);
            foreach (var (scope, level) in changes)
            {
                if (!next.ContainsKey(scope))
                    return scope;
                next[scope] = level;
            }
            Volatile.Write(ref _levels, next.ToFrozenDictionary(StringComparer.Ordinal));
            return null;
        }
    }
}
