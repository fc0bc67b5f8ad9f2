// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lateen.Config.Schemas;

/// <summary>Records → schemas. Every property with an <c>init</c> accessor is a field; others are conveniences of the record.</summary>
public static class SchemaBuilder
{
    private static readonly ConcurrentDictionary<Type, ObjectSchema> s_objects = new();

    public static ObjectSchema Of(Type type) => s_objects.GetOrAdd(type, static key => new ObjectSchema(key));

    internal static FieldSchema[] FieldsOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.SetMethod is { IsPublic: true })
            .Select(static property => new FieldSchema(property, NameOf(property), SchemaOf(property)))
            .ToArray();

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<WordAttribute>()?.Word ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static ValueSchema SchemaOf(PropertyInfo property) =>
        SchemaOf(property.PropertyType, property.GetCustomAttribute<RangeAttribute>())
        ?? throw new InvalidOperationException(
            $"{property.DeclaringType}.{property.Name}: {property.PropertyType} cannot be a field"
        );

    private static ValueSchema? SchemaOf(Type type, RangeAttribute? range)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return new ChoiceSchema(type, WordsOf(type));
        if (type == typeof(string))
            return new TextSchema();
        if (type == typeof(bool))
            return new FlagSchema();
        if (type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(double))
            return Number(type, range);
        if (type == typeof(TimeSpan))
            return new DurationSchema(range is { Min: 0 });
        if (type == typeof(DateTimeOffset))
            return new TimestampSchema();
        if (type == typeof(IntOrText))
            return new IntOrTextSchema();
        if (type == typeof(Quantity))
            return new QuantitySchema();
        if (type == typeof(byte[]))
            return new BytesSchema();
        if (type == typeof(JsonNode) || type == typeof(JsonObject))
            return new AnySchema(type == typeof(JsonObject));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return List(type.GenericTypeArguments[0], range);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return Map(type.GenericTypeArguments[1], range);
        return type.IsClass && type.GetConstructor([]) is not null ? Of(type) : null;
    }

    private static ListSchema? List(Type item, RangeAttribute? range) =>
        SchemaOf(item, range) is { } schema ? new ListSchema(schema, Accessors.ListOf(item)) : null;

    private static MapSchema? Map(Type value, RangeAttribute? range) =>
        SchemaOf(value, range) is { } schema ? new MapSchema(schema, Accessors.MapOf(value)) : null;

    private static NumberSchema Number(Type type, RangeAttribute? range)
    {
        var (least, greatest) =
            type == typeof(int) ? (int.MinValue, int.MaxValue)
            : type == typeof(uint) ? (0, uint.MaxValue)
            : type == typeof(long) ? ((double)long.MinValue, long.MaxValue)
            : (double.MinValue, double.MaxValue);
        return new NumberSchema(type, Math.Max(range?.Min ?? least, least), Math.Min(range?.Max ?? greatest, greatest));
    }

    private static (string, object)[] WordsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .SelectMany(field => WordsOf(type, field).Select(word => (word, field.GetValue(null)!)))
            .ToArray();

    private static IEnumerable<string> WordsOf(Type type, FieldInfo member)
    {
        var words = member.GetCustomAttributes<WordAttribute>().Select(static word => word.Word).ToArray();
        if (words.Length > 0)
            return words;
        return [type.IsDefined(typeof(PascalWordsAttribute)) ? member.Name : UpperSnake(member.Name)];
    }

    /// <summary><c>RoundRobin</c> → <c>ROUND_ROBIN</c>.</summary>
    private static string UpperSnake(string name)
    {
        var word = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
                word.Append('_');
            word.Append(char.ToUpperInvariant(name[i]));
        }
        return word.ToString();
    }
}
