// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Google.Protobuf.Reflection;

namespace Shared.Tests.Protos;

/// <summary>What <c>protos/</c> says, read from the code that the compiler made of it.</summary>
internal static class OwnProtos
{
    public static IReadOnlyList<FileDescriptor> Files { get; } =
        typeof(Envoy.Config.Cluster.V3.Cluster)
            .Assembly.GetTypes()
            .Where(static type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(static type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static))
            .Where(static property => property?.PropertyType == typeof(FileDescriptor))
            .Select(static property => (FileDescriptor)property!.GetValue(null)!)
            .ToArray();

    public static MessageDescriptor Message(string fullName) =>
        Files.SelectMany(static file => Messages(file.MessageTypes)).Single(message => message.FullName == fullName);

    /// <summary>Every field and enum value of a file, as <see cref="ProtoText"/> describes the other side's.</summary>
    public static IEnumerable<ProtoMember> Members(FileDescriptor file)
    {
        foreach (var message in Messages(file.MessageTypes))
        {
            foreach (var field in message.Fields.InDeclarationOrder())
                yield return new ProtoMember(field.FullName, field.FieldNumber, TypeOf(field));
            foreach (var member in message.EnumTypes.SelectMany(ValuesOf))
                yield return member;
        }
        foreach (var member in file.EnumTypes.SelectMany(ValuesOf))
            yield return member;
    }

    private static IEnumerable<ProtoMember> ValuesOf(EnumDescriptor type) =>
        type.Values.Select(value => new ProtoMember($"{type.FullName}.{value.Name}", value.Number, "enum value"));

    private static IEnumerable<MessageDescriptor> Messages(IEnumerable<MessageDescriptor> messages) =>
        messages
            .Where(static message => !message.IsMapEntry)
            .SelectMany(static message => Messages(message.NestedTypes).Prepend(message));

    private static string TypeOf(FieldDescriptor field)
    {
        if (field.IsMap)
            return $"map<{NameOf(field.MessageType.FindFieldByNumber(1))},{NameOf(field.MessageType.FindFieldByNumber(2))}>";
        return field.IsRepeated ? $"repeated {NameOf(field)}" : NameOf(field);
    }

    private static string NameOf(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
}
