// SPDX-License-Identifier: Apache-2.0
using System.Linq.Expressions;
using System.Reflection;

namespace Lateen.Config.Schemas;

/// <summary>Compiled access to records: reading ten thousand resources by plain reflection would take seconds more.</summary>
internal static class Accessors
{
    public static Func<object> Constructor(Type type) =>
        Expression.Lambda<Func<object>>(Expression.New(type)).Compile();

    public static Action<object, object?> Setter(PropertyInfo property)
    {
        var owner = Expression.Parameter(typeof(object));
        var value = Expression.Parameter(typeof(object));
        var target = Expression.Property(Expression.Convert(owner, property.DeclaringType!), property);
        var assign = Expression.Assign(target, Expression.Convert(value, property.PropertyType));
        return Expression.Lambda<Action<object, object?>>(assign, owner, value).Compile();
    }

    public static Func<object, object?> Getter(PropertyInfo property)
    {
        var owner = Expression.Parameter(typeof(object));
        var read = Expression.Property(Expression.Convert(owner, property.DeclaringType!), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(read, typeof(object)), owner).Compile();
    }

    /// <summary>Items → <c>T[]</c>.</summary>
    public static Func<IReadOnlyList<object?>, object> ListOf(Type item) =>
        Bind<Func<IReadOnlyList<object?>, object>>(nameof(ToArray), item);

    /// <summary>Entries → <c>IReadOnlyDictionary&lt;string, T&gt;</c>.</summary>
    public static Func<IReadOnlyList<KeyValuePair<string, object?>>, object> MapOf(Type value) =>
        Bind<Func<IReadOnlyList<KeyValuePair<string, object?>>, object>>(nameof(ToDictionary), value);

    private static TDelegate Bind<TDelegate>(string method, Type argument)
        where TDelegate : Delegate =>
        typeof(Accessors)
            .GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(argument)
            .CreateDelegate<TDelegate>();

    private static object ToArray<T>(IReadOnlyList<object?> items)
    {
        var array = new T[items.Count];
        for (var i = 0; i < array.Length; i++)
            array[i] = (T)items[i]!;
        return array;
    }

    private static object ToDictionary<T>(IReadOnlyList<KeyValuePair<string, object?>> entries)
    {
        var map = new Dictionary<string, T>(entries.Count, StringComparer.Ordinal);
        foreach (var (key, value) in entries)
            map[key] = (T)value!;
        return map;
    }
}
