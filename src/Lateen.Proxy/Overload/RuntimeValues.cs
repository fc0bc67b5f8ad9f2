// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Lateen.Proxy.Overload;

/// <summary>
/// Envoy's runtime: numbers that an operator gives by key, when the process starts (<c>static_layer</c>) or later through the
/// admin interface (<c>admin</c>), which comes before. Any thread.
/// </summary>
public sealed class RuntimeValues(IReadOnlyDictionary<string, string> initial)
{
    public const string GlobalConnectionLimit = "overload.global_downstream_max_connections";
    public const string PrematureResetTotalStreamCount = "overload.premature_reset_total_stream_count";
    public const string PrematureResetMinStreamLifetimeSeconds = "overload.premature_reset_min_stream_lifetime_seconds";

    private const string ListenerPrefix = "envoy.resource_limits.listener.";
    private const string ListenerSuffix = ".connection_limit";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _admin = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (RuntimeNumber Number, long Missing)> _numbers = new(StringComparer.Ordinal);

    /// <summary>Key of the limit of a listener's connections.</summary>
    public static string ListenerConnectionLimit(string listener) => $"{ListenerPrefix}{listener}{ListenerSuffix}";

    /// <summary>Whether anything goes by a key: the proxy itself, or what it is configured with now.</summary>
    public bool IsInUse(string key)
    {
        if (IsKnown(key))
            return true;
        lock (_gate)
            return _numbers.ContainsKey(key);
    }

    /// <summary>Whether the proxy itself goes by a key, whatever it is configured with.</summary>
    public static bool IsKnown(string key) =>
        key is GlobalConnectionLimit or PrematureResetTotalStreamCount or PrematureResetMinStreamLifetimeSeconds
        || (
            key.StartsWith(ListenerPrefix, StringComparison.Ordinal)
            && key.EndsWith(ListenerSuffix, StringComparison.Ordinal)
            && key.Length > ListenerPrefix.Length + ListenerSuffix.Length
        );

    /// <summary>Whether a text is a value; one that is none counts as missing, as in Envoy.</summary>
    public static bool IsNumber(string text) => TryParse(text, out _);

    /// <summary>The number of a key; the same object for as long as the process runs.</summary>
    /// <param name="missing">What holds while nobody gives one.</param>
    public RuntimeNumber Number(string key, long missing)
    {
        lock (_gate)
        {
            if (_numbers.TryGetValue(key, out var known))
                return known.Number;
            var number = new RuntimeNumber(Current(key, missing));
            _numbers.Add(key, (number, missing));
            return number;
        }
    }

    /// <summary>Puts a value into the admin layer; an empty one takes the key out of it.</summary>
    public void Modify(string key, string value)
    {
        lock (_gate)
        {
            if (value.Length == 0)
                _admin.Remove(key);
            else
                _admin[key] = value;
            if (_numbers.TryGetValue(key, out var known))
                known.Number.Value = Current(key, known.Missing);
        }
    }

    /// <summary>Every key with its value in each layer, empty for none; in order.</summary>
    public IReadOnlyList<(string Key, string Static, string Admin)> Entries()
    {
        lock (_gate)
        {
            return initial
                .Keys.Union(_admin.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(key => (key, initial.GetValueOrDefault(key, ""), _admin.GetValueOrDefault(key, "")))
                .ToArray();
        }
    }

    private long Current(string key, long missing) =>
        TryParse(_admin.GetValueOrDefault(key), out var value) || TryParse(initial.GetValueOrDefault(key), out value)
            ? value
            : missing;

    private static bool TryParse(string? text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
