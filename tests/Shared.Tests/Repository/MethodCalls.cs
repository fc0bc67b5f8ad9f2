// SPDX-License-Identifier: Apache-2.0
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Shared.Tests.Repository;

/// <summary>Reads out of a compiled room which methods of which types each of its methods calls.</summary>
internal sealed class MethodCalls : IDisposable
{
    private static readonly Dictionary<int, OpCode> s_opCodes = typeof(OpCodes)
        .GetFields()
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => code.Value & 0xffff);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public MethodCalls(string assembly)
    {
        _file = new PEReader(File.OpenRead(assembly));
        _metadata = _file.GetMetadataReader();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Every call: the calling type's full name, without nested types, and the called type's.</summary>
    public IEnumerable<(string Caller, string Called)> All() =>
        from handle in _metadata.TypeDefinitions
        let caller = NameOf(handle)
        from method in _metadata.GetTypeDefinition(handle).GetMethods()
        let body = _metadata.GetMethodDefinition(method).RelativeVirtualAddress
        where body != 0
        from called in Calls(_file.GetMethodBody(body))
        select (caller, called);

    private List<string> Calls(MethodBodyBlock body)
    {
        var calls = new List<string>();
        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xfe)
                value = (value << 8) | code.ReadByte();
            switch (s_opCodes[value].OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineTok:
                    if (TypeOf(MetadataTokens.EntityHandle(code.ReadInt32())) is { } type)
                        calls.Add(type);
                    break;
                case OperandType.InlineSwitch:
                    var branches = code.ReadInt32();
                    code.Offset += 4 * branches;
                    break;
                case var operand:
                    code.Offset += Size(operand);
                    break;
            }
        }
        return calls;
    }

    private static int Size(OperandType operand) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };

    /// <summary>The type a called method belongs to; null for tokens that are no method of another room.</summary>
    private string? TypeOf(EntityHandle handle) =>
        handle.Kind switch
        {
            HandleKind.MethodSpecification => TypeOf(
                _metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method
            ),
            HandleKind.MemberReference => TypeOf(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent),
            HandleKind.TypeReference => NameOf((TypeReferenceHandle)handle),
            _ => null,
        };

    private string NameOf(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        while (_metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
            handle = outer;
        var type = _metadata.GetTypeDefinition(handle);
        return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }
}
