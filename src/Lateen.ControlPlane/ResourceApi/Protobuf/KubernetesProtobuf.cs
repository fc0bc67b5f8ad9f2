// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Google.Protobuf;
using Lateen.Config.Objects;

namespace Lateen.ControlPlane.ResourceApi.Protobuf;

/// <summary>
/// Objects of Kubernetes' core kinds as protobuf: four bytes that say what it is, then a message that names the kind and has the object
/// in it (runtime.Unknown of k8s.io/apimachinery). <c>kubectl create namespace</c> and its like send nothing else; answers are JSON.
/// </summary>
internal static class KubernetesProtobuf
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private const int MaxDepth = 16;

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static ObjectText Read(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith(Magic))
            return Unreadable("it does not begin as protobuf of Kubernetes does");
        try
        {
            return Read(new CodedInputStream(bytes, Magic.Length, bytes.Length - Magic.Length));
        }
        catch (Exception failure) when (failure is InvalidProtocolBufferException or FormatException)
        {
            return Unreadable(failure.Message);
        }
    }

    private static ObjectText Read(CodedInputStream envelope)
    {
        string apiVersion = "",
            kind = "";
        var raw = ByteString.Empty;
        while (envelope.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag))
            {
                case (1, WireFormat.WireType.LengthDelimited):
                    (apiVersion, kind) = ReadType(envelope.ReadBytes().CreateCodedInput());
                    break;
                case (2, WireFormat.WireType.LengthDelimited):
                    raw = envelope.ReadBytes();
                    break;
                default:
                    envelope.SkipLastField();
                    break;
            }
        }
        if (ProtobufShapes.Of(kind) is not { } shape)
            return Unreadable($"objects of the kind \"{kind}\" are read as JSON or YAML");
        var item = ReadMessage(raw, shape, 0);
        item.Insert(0, "apiVersion", apiVersion);
        item.Insert(1, "kind", kind);
        return new ObjectText(item, [], "");
    }

    private static (string ApiVersion, string Kind) ReadType(CodedInputStream input)
    {
        string apiVersion = "",
            kind = "";
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited))
                apiVersion = input.ReadString();
            else if (tag == WireFormat.MakeTag(2, WireFormat.WireType.LengthDelimited))
                kind = input.ReadString();
            else
                input.SkipLastField();
        }
        return (apiVersion, kind);
    }

    private static JsonObject ReadMessage(ByteString bytes, IReadOnlyDictionary<int, ProtobufField> shape, int depth)
    {
        if (depth > MaxDepth)
            throw new FormatException("messages are nested too deeply");
        var item = new JsonObject();
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (shape.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var field))
                ReadField(item, field, input, tag, depth);
            else
                input.SkipLastField();
        }
        return item;
    }

    private static void ReadField(JsonObject item, ProtobufField field, CodedInputStream input, uint tag, int depth)
    {
        var isNumber = field.Type is ProtobufType.Whole or ProtobufType.Flag or ProtobufType.OptionalFlag;
        var expected = isNumber ? WireFormat.WireType.Varint : WireFormat.WireType.LengthDelimited;
        if (WireFormat.GetTagWireType(tag) != expected)
            throw new FormatException($"{field.Name} is of another type");
        if (field.Type is ProtobufType.Texts or ProtobufType.Bytes)
        {
            var (key, value) = ReadEntry(input.ReadBytes().CreateCodedInput(), field.Type);
            item.Part(field.Name)[key] = value;
            return;
        }
        JsonNode? read = field.Type switch
        {
            ProtobufType.Whole => input.ReadInt64(),
            ProtobufType.Flag => input.ReadBool() ? true : null,
            ProtobufType.OptionalFlag => input.ReadBool(),
            ProtobufType.Message => ReadMessage(input.ReadBytes(), field.Message!, depth + 1),
            ProtobufType.NumberOrText => ReadNumberOrText(input.ReadBytes().CreateCodedInput()),
            _ => input.ReadString(),
        };
        if (field.IsList)
        {
            if (item[field.Name] is not JsonArray list)
                item[field.Name] = list = [];
            list.Add(read);
        }
        else if (!IsNothing(read))
        {
            item[field.Name] = read;
        }
    }

    /// <summary>Go writes empty texts and zeros where nobody set anything.</summary>
    private static bool IsNothing(JsonNode? value) => value is null || value.AsText() is "" || value.AsNumber() == 0;

    private static (string Key, JsonNode Value) ReadEntry(CodedInputStream input, ProtobufType type)
    {
        var key = "";
        var value = ByteString.Empty;
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited))
                key = input.ReadString();
            else if (tag == WireFormat.MakeTag(2, WireFormat.WireType.LengthDelimited))
                value = input.ReadBytes();
            else
                input.SkipLastField();
        }
        return (key, type == ProtobufType.Bytes ? value.ToBase64() : value.ToStringUtf8());
    }

    private static JsonNode ReadNumberOrText(CodedInputStream input)
    {
        var isText = false;
        var number = 0;
        var text = "";
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(1, WireFormat.WireType.Varint))
                isText = input.ReadInt64() == 1;
            else if (tag == WireFormat.MakeTag(2, WireFormat.WireType.Varint))
                number = input.ReadInt32();
            else if (tag == WireFormat.MakeTag(3, WireFormat.WireType.LengthDelimited))
                text = input.ReadString();
            else
                input.SkipLastField();
        }
        return isText ? text : number;
    }

    private static ObjectText Unreadable(string why) => new(null, [], why);
}
