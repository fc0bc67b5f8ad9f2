// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Lateen.Http.Hpack;

namespace DataPlane.Tests.Hpack;

/// <summary>Collects decoded fields as lines of text.</summary>
internal struct FieldList() : IFieldSink
{
    public List<string> Lines { get; } = [];

    public void OnField(scoped in HpackField field) =>
        Lines.Add($"{Encoding.Latin1.GetString(field.Name)}: {Encoding.Latin1.GetString(field.Value)}");

    public static (HpackFault Fault, List<string> Lines) Decode(HpackDecoder decoder, ReadOnlySpan<byte> block)
    {
        var list = new FieldList();
        return (decoder.Decode(block, ref list), list.Lines);
    }
}
