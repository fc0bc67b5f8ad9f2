// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Lateen.Mesh;

/// <summary>
/// What was derived from which inputs, in one build and the one before: the same inputs give the same object again, so
/// that whatever is cached by reference further down stays valid. Inputs are compared by reference, texts by value.
/// Safe for any thread.
/// </summary>
internal sealed class Derivations(Derivations? previous)
{
    private readonly Dictionary<Key, object> _derived = [];
    private readonly Lock _lock = new();

    // Only one build back: an object that two builds in a row have no use for is gone.
    private Derivations? _previous = previous;

    /// <summary>The object made of <paramref name="inputs"/>, which must be all that <paramref name="derive"/> reads.</summary>
    public T Of<T>(string what, object[] inputs, Func<T> derive)
        where T : class
    {
        var key = new Key(what, inputs);
        lock (_lock)
        {
            if (_derived.TryGetValue(key, out var known))
                return (T)known;
        }
        var made = _previous?.Find(key) ?? derive();
        lock (_lock)
        {
            // Another thread may have been faster; all must hold the same object.
            if (_derived.TryAdd(key, made))
                return (T)made;
            return (T)_derived[key];
        }
    }

    /// <summary>Lets go of the build before last.</summary>
    public void ForgetOlder()
    {
        if (_previous is { } previous)
            previous._previous = null;
    }

    private object? Find(Key key)
    {
        lock (_lock)
            return _derived.GetValueOrDefault(key);
    }

    private readonly struct Key : IEquatable<Key>
    {
        private readonly string _what;
        private readonly object[] _inputs;
        private readonly int _hash;

        public Key(string what, object[] inputs)
        {
            _what = what;
            _inputs = inputs;
            var hash = new HashCode();
            hash.Add(what, StringComparer.Ordinal);
            foreach (var input in inputs)
                hash.Add(
                    input is string text
                        ? text.GetHashCode(StringComparison.Ordinal)
                        : RuntimeHelpers.GetHashCode(input)
                );
            _hash = hash.ToHashCode();
        }

        public bool Equals(Key other)
        {
            if (_hash != other._hash || _what != other._what || _inputs.Length != other._inputs.Length)
                return false;
            for (var i = 0; i < _inputs.Length; i++)
            {
                var (mine, theirs) = (_inputs[i], other._inputs[i]);
                if (!ReferenceEquals(mine, theirs) && !(mine is string a && theirs is string b && a == b))
                    return false;
            }
            return true;
        }

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => _hash;
    }
}
